import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { createMessage, keyOf, withPayload } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { AnyNodeDefinition, NodeKind } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { jsonValue } from '@sluice/shared/node/field.ts';
import type { Intake, NodeImplementation, Settled } from '@sluice/shared/node/implementNode.ts';
import { implementSource, implementStep, implementWaiter } from '@sluice/shared/node/implementNode.ts';
import * as z from 'zod';
import { compile } from './compile.ts';
import type { Plan } from './plan.ts';
import { TEST_START } from './testing.ts';

// Small node types that show one thing each, for the tests of the engine.

function port<const Name extends string>(name: Name) {
  return { name, title: name, description: name };
}

function basics<const Type extends string, const Kind extends NodeKind>(type: Type, kind: Kind) {
  return { type, kind, version: 1, category: 'flow', title: type, summary: type, icon: 'box' } as const;
}

const bring = defineNode({
  ...basics('bring', 'source'),
  inputs: [],
  outputs: [port('out'), port('other')],
  config: z.object({}),
});
/** Passes everything on; keeps the arrays that it got. */
const pass = defineNode({
  ...basics('pass', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Sends everything on as it came, and the first message once more. */
const echo = defineNode({
  ...basics('echo', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Fails on a payload `bad`, throws on `throw`. */
const picky = defineNode({
  ...basics('picky', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Sends on a change of payload only, by device: state without which the next batch reads otherwise. */
const change = defineNode({
  ...basics('change', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ version: z.number().default(1) }),
  state: { version: 1, maxKeys: 3 },
});
/** Sends each message again after a time. */
const hold = defineNode({
  ...basics('hold', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ ms: z.number() }),
  state: { version: 1, maxKeys: 100_000 },
  breaksLoop: true,
});
/** A sink whose calls end when the test says so. */
const send = defineNode({
  ...basics('send', 'waiting'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({
    concurrency: z.number().default(1),
    batch: z.number().default(1),
    timeoutMs: z.number().default(10_000),
    queue: z.number().default(1_000),
  }),
  waits: (config) => config,
});
/** Gives the value of an expression. */
const compute = defineNode({
  ...basics('compute', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ value: jsonValue({ title: 'Value', description: 'What to give.' }) }),
});
const rescue = defineNode({
  ...basics('rescue', 'catch'),
  inputs: [],
  outputs: [port('out')],
  config: z.object({}),
});
const note = defineNode({ ...basics('note', 'note'), inputs: [], outputs: [], config: z.object({}) });

const definitions: readonly AnyNodeDefinition[] = [
  bring,
  pass,
  echo,
  picky,
  change,
  hold,
  send,
  compute,
  rescue,
  note,
];

export const testCatalog: NodeCatalog = new Map(
  definitions.map((definition) => [
    definition.type,
    { definition, form: { sentence: () => '' }, examples: [] },
  ]),
);

/** A call of a `send` node that is under way. */
export interface Call {
  readonly node: string;
  readonly messages: readonly Message[];
  readonly signal: AbortSignal;
  /** Passes the messages on and ends the call. */
  accept(): void;
  reject(sentence: string): void;
}

/** What the nodes of one running flow have met, and the ends by which a test works them. */
export interface Lab {
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  /** Intakes of `bring` nodes, by node id. */
  readonly intakes: Map<string, Intake<string>>;
  /** Arrays that `pass` nodes got, by node id. */
  readonly seen: Map<string, (readonly Message[])[]>;
  /** Calls of `send` nodes that wait for the test. */
  readonly calls: Call[];
  /** Payloads that `send` nodes accepted, in order. */
  readonly accepted: unknown[];
  /** While set, calls are accepted at once. */
  isOpen: boolean;
  readonly closed: string[];
  /** Payloads that passed node `id`. */
  payloads(id: string): unknown[];
}

export function createLab(isOpen = true): Lab {
  const seen = new Map<string, (readonly Message[])[]>();
  const lab: Omit<Lab, 'implementations'> = {
    intakes: new Map(),
    seen,
    calls: [],
    accepted: [],
    isOpen,
    closed: [],
    payloads: (id) => (seen.get(id) ?? []).flat().map(({ payload }) => payload),
  };
  const all = [...steps(lab), ...outside(lab)];
  return Object.assign(lab, { implementations: new Map(all.map((one) => [one.type, one])) });
}

function steps(lab: Omit<Lab, 'implementations'>): NodeImplementation[] {
  return [
    implementStep(pass, (_config, { node }) => ({
      receive: (messages, emit) => {
        const arrays = lab.seen.get(node.id) ?? [];
        lab.seen.set(node.id, [...arrays, messages]);
        emit.all('out', messages);
      },
      close: () => void lab.closed.push(node.id),
    })),
    implementStep(echo, () => ({
      receive: (messages, emit) => {
        const [first] = messages;
        emit.all('out', messages);
        if (first !== undefined) emit('out', first);
      },
    })),
    implementStep(picky, () => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          if (message.payload === 'throw') throw new Error('It threw.');
          if (message.payload === 'bad') emit.error(message, 'It is bad.');
          else emit('out', message);
        }
      },
    })),
    implementStep(change, (_config, { state }) => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          if (state.get(keyOf(message)) === message.payload) continue;
          state.set(keyOf(message), message.payload as string);
          emit('out', message);
        }
      },
    })),
    implementStep(hold, ({ ms }, { state, timers, clock }) => ({
      receive: (messages) => {
        for (const { id, payload } of messages) {
          state.set(id, payload as string);
          timers.set(id, 'held', clock.now() + ms);
        }
      },
      timersDue: (due, emit) => {
        for (const { key } of due) {
          emit('out', createMessage({ id: key, time: clock.now(), payload: state.get(key) ?? null }));
          state.delete(key);
        }
      },
    })),
    implementStep(compute, ({ value }, { evaluator }) => {
      const valueOf = evaluator(value);
      return {
        receive: (messages, emit) => {
          for (const message of messages) emit('out', withPayload(message, valueOf(message) ?? null));
        },
      };
    }),
    implementStep(rescue, () => ({ receive: (messages, emit) => emit.all('out', messages) })),
  ];
}

function outside(lab: Omit<Lab, 'implementations'>): NodeImplementation[] {
  return [
    implementSource(bring, (_config, { node }) => ({
      start: (intake) => {
        lab.intakes.set(node.id, intake);
        return Promise.resolve(() => void lab.closed.push(node.id));
      },
      pressed: () => createMessage({ id: 'pressed', time: TEST_START, payload: 'pressed' }),
    })),
    implementWaiter(send, (_config, { node }) => ({
      handle: (messages, emit, signal) =>
        new Promise<void>((resolve, reject) => {
          const accept = () => {
            lab.accepted.push(...messages.map(({ payload }) => payload));
            emit.all('out', messages);
            resolve();
          };
          const call: Call = {
            node: node.id,
            messages,
            signal,
            accept,
            reject: (text) => reject(new Error(text)),
          };
          if (lab.isOpen) accept();
          else lab.calls.push(call);
        }),
      close: () => void lab.closed.push(node.id),
    })),
  ];
}

/** A flow from `id: type` and wires `a.out>b.in` (ports may be left out). */
export function drawFlow(
  nodes: Readonly<Record<string, string | { type: string; config?: object; disabled?: boolean }>>,
  ...wires: readonly string[]
): Flow {
  return flowSchema.parse({
    format: 1,
    id: 'flow',
    name: 'Flow',
    nodes: Object.entries(nodes).map(([id, node]) => ({
      id,
      position: { x: 0, y: 0 },
      ...(typeof node === 'string' ? { type: node } : node),
    })),
    wires: wires.map((wire) => {
      const [from = '', to = ''] = wire.split('>');
      return { from: endOf(from, 'out'), to: endOf(to, 'in') };
    }),
  });
}

function endOf(text: string, otherwise: string): [string, string] {
  const [id = '', name = otherwise] = text.split('.');
  return [id, name];
}

/** Compiles a flow that has no errors. */
export function planOf(flow: Flow): Plan {
  const compiled = compile(flow, testCatalog, { connections: new Map() });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ sentence }) => sentence).join(' '));
  return compiled.plan;
}

let made = 0;

/** A message of a device with a payload. */
export function reading(payload: Message['payload'], device?: string): Message {
  made += 1;
  return createMessage({ id: `m${made}`, time: TEST_START, device, payload });
}

/** A source outside that sends again what was not acknowledged, as a broker does. */
export interface Origin {
  readonly outcomes: Settled[];
  push(message: Message): boolean;
  /** Messages that were pushed and not yet acknowledged, in order. */
  unacknowledged(): readonly Message[];
}

export function originAt(lab: Lab, node = 'in'): Origin {
  const open = new Map<string, Message>();
  const outcomes: Settled[] = [];
  return {
    outcomes,
    push: (message) => {
      open.set(message.id, message);
      const settled = (outcome: Settled) => {
        outcomes.push(outcome);
        if (outcome === 'done') open.delete(message.id);
      };
      return lab.intakes.get(node)?.push('out', message, settled) ?? false;
    },
    unacknowledged: () => [...open.values()],
  };
}
