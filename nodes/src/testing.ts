import type { Json, Message } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import { outputsOf, waitPolicyOf } from '@sluice/shared/node/defineNode.ts';
import type { ExampleMessage, NodeExample } from '@sluice/shared/node/form.ts';
import type {
  NodeImplementation,
  Source,
  Step,
  Waiter,
  WaiterEmit,
} from '@sluice/shared/node/implementNode.ts';
import { reportFailure } from '@sluice/shared/node/implementNode.ts';
import type { World } from './testingWorld.ts';
import { createWorld, moveTo, WORLD_START } from './testingWorld.ts';

/** A message as tests write it. `at` is left to the caller; `time` counts from the start of the world. */
export interface TestMessage extends ExampleMessage {
  readonly id?: string;
}

/** What a node sent. An error leaves by the port `error` with the sentence in `headers.error`, as in the engine. */
export interface Sent {
  readonly port: string;
  readonly message: Message;
}

interface Later {
  readonly message: Message;
  readonly sentence: string;
}

/** One node at work in a world. */
export interface Bench {
  readonly world: World;
  /** Everything that was sent since the node was started. */
  readonly sent: readonly Sent[];
  /** What a waiting node said cannot be taken now and is to be tried again (EN8). */
  readonly later: readonly Later[];
  /** What was sent since the last `take`. */
  take(): readonly Sent[];
  /** Hands over messages as one batch. */
  receive(messages: readonly TestMessage[], port?: string): Promise<void>;
  /** Moves time on; timers that are due run on the way, each at its time. */
  advance(ms: number): Promise<void>;
  /** For sources: lets it start and gives back when it listens. */
  start(): Promise<void>;
  /** For sources: what the button would send goes out. */
  press(): void;
  close(): Promise<void>;
}

/** Starts a node with settings as a flow file has them; they are parsed by its schema. */
export function startNode(
  { definition }: Pick<CatalogEntry, 'definition'>,
  implementation: NodeImplementation,
  settings: unknown,
  world: World = createWorld(),
): Bench {
  const config: unknown = definition.config.parse(settings);
  const made = implementation.create(config as never, world.context);
  const sent: Sent[] = [];
  const later: Later[] = [];
  const emit = emitterInto(sent, later);
  const messageOf = messageFactory(world);
  let taken = 0;
  let stop: Stop | undefined;
  return {
    world,
    sent,
    later,
    take: () => {
      const fresh = sent.slice(taken);
      taken = sent.length;
      return fresh;
    },
    receive: async (messages, port = definition.inputs[0]?.name ?? 'in') => {
      const batch = messages.map(messageOf);
      const size = waitPolicyOf(definition, config)?.batch;
      if (size === undefined) (made as Step<string, string>).receive(batch, emit, port);
      else await handleAll(made as Waiter<string>, batch, size, emit);
    },
    advance: async (ms) => {
      moveTo(world, world.now + ms, (due) => (made as Step<string, string>).timersDue?.(due, emit));
    },
    start: async () => {
      stop = await (made as Source<string>).start(intakeInto(sent));
    },
    press: () => {
      const message = (made as Source<string>).pressed?.();
      if (message !== undefined) emit(outputsOf(definition, config)[0]?.name ?? 'out', message);
    },
    close: async () => {
      await stop?.();
      stop = undefined;
      if ('close' in made) made.close?.();
    },
  };
}

function messageFactory(world: World): (message: TestMessage) => Message {
  let ids = 0;
  return ({ id, time, topic, device, payload, headers }) => {
    ids += 1;
    return createMessage({
      id: id ?? `m${ids}`,
      time: time === undefined ? world.now : WORLD_START + time,
      topic,
      device,
      payload: payload as Json,
      headers,
    });
  };
}

async function handleAll(
  waiter: Waiter<string>,
  batch: readonly Message[],
  size: number,
  emit: WaiterEmit<string>,
) {
  for (let at = 0; at < batch.length; at += size) await handleBatch(waiter, batch.slice(at, at + size), emit);
}

async function handleBatch(waiter: Waiter<string>, batch: readonly Message[], emit: WaiterEmit<string>) {
  try {
    await waiter.handle(batch, emit, new AbortController().signal);
  } catch (error) {
    for (const message of batch) reportFailure(emit, message, error);
  }
}

function emitterInto(sent: Sent[], later: Later[]): WaiterEmit<string> {
  const emit = (port: string, message: Message) => void sent.push({ port, message });
  return Object.assign(emit, {
    all: (port: string, messages: readonly Message[]) => {
      for (const message of messages) emit(port, message);
    },
    error: (message: Message, sentence: string) =>
      emit('error', { ...message, headers: { ...message.headers, error: sentence } }),
    later: (message: Message, sentence: string) => void later.push({ message, sentence }),
  });
}

function intakeInto(sent: Sent[]) {
  return {
    push: (port: string, message: Message, settled?: (outcome: 'done' | 'refused') => void) => {
      sent.push({ port, message });
      settled?.('done');
      return true;
    },
    pushAll: (
      port: string,
      messages: readonly Message[],
      settled?: (outcome: 'done' | 'refused') => void,
    ) => {
      sent.push(...messages.map((message) => ({ port, message })));
      settled?.('done');
      return true;
    },
    fail: (message: Message, sentence: string, settled?: (outcome: 'done' | 'refused') => void) => {
      sent.push({ port: 'error', message: { ...message, headers: { ...message.headers, error: sentence } } });
      settled?.('done');
      return true;
    },
    onRoom: () => () => undefined,
  };
}

/** Runs an example to its end. What its messages meet outside (a broker, a server) is prepared by `prepare`. */
export async function runExample(
  entry: CatalogEntry,
  implementation: NodeImplementation,
  example: NodeExample,
  world: World = createWorld(),
): Promise<Bench> {
  const bench = startNode(entry, implementation, example.config, world);
  const goTo = (at: number) => bench.advance(WORLD_START + at - world.now);
  if (entry.definition.kind === 'source') await bench.start();
  for (const message of example.in) {
    if (message.at !== undefined) await goTo(message.at);
    if (entry.definition.kind === 'source') bringFromOutside(world, message, bench);
    else await bench.receive([message], message.port);
  }
  if (example.until !== undefined) await goTo(example.until);
  return bench;
}

/** To a source an example's message comes from where it listens: the broker, a caller of its path, or its button. */
function bringFromOutside(world: World, message: ExampleMessage, bench: Bench): void {
  const { mqtt, http } = world.outside;
  const text =
    typeof message.payload === 'string' ? message.payload : JSON.stringify(message.payload ?? null);
  if (mqtt.filters().length > 0) mqtt.deliver({ topic: message.topic ?? '', payload: text });
  else if (http.served().length > 0) {
    const [method = 'POST', path = '/'] = (message.topic ?? '').split(' ');
    http.call({ method, path, text, headers: { 'content-type': 'application/json' } });
  } else bench.press();
}

/**
 * What an example says of a message, taken from one that was sent, so that the two can be compared: fields that the
 * example leaves out are left out, headers that it does not name too.
 */
export function asExpected(sent: Sent, expected: ExampleMessage): ExampleMessage {
  const { message, port } = sent;
  const headers = Object.fromEntries(
    Object.entries(message.headers).filter(
      ([name]) => expected.headers !== undefined && name in expected.headers,
    ),
  );
  return {
    ...('topic' in expected && { topic: message.topic }),
    ...('device' in expected && { device: message.device }),
    ...('payload' in expected && { payload: message.payload }),
    ...('headers' in expected && { headers }),
    ...('time' in expected && { time: message.time - WORLD_START }),
    ...('at' in expected && { at: expected.at }),
    // A port that is not named is the only one of the node: not the error port.
    ...(('port' in expected || port === 'error') && { port }),
  } as ExampleMessage;
}
