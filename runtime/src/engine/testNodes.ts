import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { createMessage, keyOf, withPayload } from '@sluice/shared/message/message.ts';
import type { Intake, NodeImplementation, Settled } from '@sluice/shared/node/implementNode.ts';
import { implementSource, implementStep, implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { compile } from './compile.ts';
import type { Plan } from './plan.ts';
import { TEST_START } from './testing.ts';
import {
  bring,
  burst,
  change,
  compute,
  echo,
  fragile,
  hold,
  pass,
  picky,
  rescue,
  send,
  testCatalog,
} from './testNodeTypes.ts';

/** A call of a `send` node that is under way. */
interface Call {
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
  /** While set, the target of `send` nodes is away. */
  isAway: boolean;
  /** Payloads that the target cannot take now, while it takes others. */
  readonly refused: Set<unknown>;
  /** When calls began while the target was away, ms since the epoch. */
  readonly triedAt: number[];
  readonly closed: string[];
  /** The keys that a `change` node had when it was made. */
  readonly madeWith: Map<string, readonly string[]>;
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
    isAway: false,
    refused: new Set(),
    triedAt: [],
    closed: [],
    madeWith: new Map(),
    payloads: (id) => (seen.get(id) ?? []).flat().map(({ payload }) => payload),
  };
  const all = [...plainSteps(lab), ...otherSteps(), ...outside(lab)];
  return Object.assign(lab, { implementations: new Map(all.map((one) => [one.type, one])) });
}

function plainSteps(lab: Omit<Lab, 'implementations'>): NodeImplementation[] {
  return [
    implementStep(pass, (_config, { node }) => ({
      receive: (messages, emit) => {
        const arrays = lab.seen.get(node.id) ?? [];
        lab.seen.set(node.id, [...arrays, messages]);
        emit.all('out', messages);
      },
      close: () => void lab.closed.push(node.id),
    })),
    implementStep(fragile, ({ isBroken }) => {
      if (isBroken) throw new Error('It is broken.');
      return { receive: (messages, emit) => emit.all('out', messages) };
    }),
    implementStep(echo, () => ({
      receive: (messages, emit) => {
        const [first] = messages;
        emit.all('out', messages);
        if (first !== undefined) emit('out', first);
      },
    })),
    implementStep(burst, () => ({
      receive: (messages, emit) => {
        for (const message of messages) {
          for (let count = 0; count < Number(message.payload); count++) emit('out', message);
        }
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
    implementStep(change, (_config, { node, state }) => {
      lab.madeWith.set(node.id, [...state.keys()]);
      return {
        receive: (messages, emit) => {
          for (const message of messages) {
            if (state.get(keyOf(message)) === message.payload) continue;
            state.set(keyOf(message), message.payload as string);
            emit('out', message);
          }
        },
      };
    }),
  ];
}

function otherSteps(): NodeImplementation[] {
  return [
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
    implementSource(bring, ({ from }, { node }) => ({
      start: (intake) => {
        if (from === 'nowhere') return Promise.reject(new Error('There is nothing at nowhere.'));
        lab.intakes.set(node.id, intake);
        return Promise.resolve(() => void lab.closed.push(node.id));
      },
      pressed: () => createMessage({ id: 'pressed', time: TEST_START, payload: 'pressed' }),
    })),
    implementWaiter(send, (_config, { node, clock }) => ({
      handle: (messages, emit, signal) =>
        new Promise<void>((resolve, reject) => {
          if (lab.isAway) {
            lab.triedAt.push(clock.now());
            reject(new SluiceError('target-away', 'The target is away.'));
            return;
          }
          const accept = () => {
            for (const message of messages) {
              if (lab.refused.has(message.payload)) emit.later(message, 'The target is busy.');
              else {
                lab.accepted.push(message.payload);
                emit('out', message);
              }
            }
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
