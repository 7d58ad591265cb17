// The flows under test. Each message belongs to one of four ways through the product, told by the first letter of its
// device: `p` plain, `k` kept (state is committed for every message), `c` code (through the sandbox), `h` held (by a
// delay: for that time it is nowhere but in the state on disk). One more flow raises alerts by timer.

export interface FlowParts {
  readonly nodes: readonly object[];
  readonly wires: readonly object[];
}

export type Way = 'p' | 'k' | 'c' | 'h';

export const WAYS: readonly Way[] = ['p', 'k', 'c', 'h'];

const TOPICS: Readonly<Record<Way, string>> = { p: 'plain', k: 'devices', c: 'code', h: 'held' };

/** How long a thermometer has to be warm until its alert. */
export const RAISE_AFTER_MS = 1_000;

export function wayOf(device: string): Way | undefined {
  return WAYS.find((way) => device.startsWith(way));
}

export function topicOf(device: string): string {
  const way = wayOf(device);
  return way === undefined ? `thermo/${device}/telemetry` : `${TOPICS[way]}/${device}/telemetry`;
}

/** Whether a topic is one that the load is published on. */
export function isInput(topic: string): boolean {
  return Object.values(TOPICS).some((first) => topic.startsWith(`${first}/`));
}

export const OUTPUTS = 'out/#';
export const ALERTS = 'alerts/#';

function plainFlow(connection: string): FlowParts {
  return chain([
    node('in', 'mqtt-in', { connection: 'broker', topic: 'plain/+/telemetry', qos: 1, format: 'json' }),
    addressNode(),
    outNode(connection),
  ]);
}

function keptFlow(connection: string): FlowParts {
  return chain([
    node('in', 'device-input', { devices: {} }),
    node('keep', 'filter', { value: 'payload.seq', mode: 'any' }),
    addressNode(),
    outNode(connection),
  ]);
}

function codeFlow(connection: string): FlowParts {
  const code = `if (typeof message.payload.value !== 'number') throw new Error('There is no number.');
message.payload.doubled = message.payload.value * 2;
return message;`;
  return chain([
    node('in', 'mqtt-in', { connection: 'broker', topic: 'code/+/telemetry', qos: 1, format: 'json' }),
    node('double', 'function', { code }),
    addressNode(),
    outNode(connection),
  ]);
}

function heldFlow(connection: string): FlowParts {
  return chain([
    node('in', 'mqtt-in', { connection: 'broker', topic: 'held/+/telemetry', qos: 1, format: 'json' }),
    node('hold', 'delay', { time: '100ms' }),
    addressNode(),
    outNode(connection),
  ]);
}

function alertFlow(connection: string): FlowParts {
  const limit = { value: 'payload.temperature', operator: '>', limit: 20 };
  const address = { set: [{ path: 'topic', to: { template: 'alerts/{{headers.threshold}}/{{device}}' } }] };
  return {
    nodes: [
      node('in', 'mqtt-in', { connection: 'broker', topic: 'thermo/+/telemetry', qos: 1, format: 'json' }),
      node('warm', 'threshold', { ...limit, mode: 'change', raiseAfter: `${RAISE_AFTER_MS / 1_000}s` }),
      node('to', 'change', address),
      outNode(connection),
    ],
    wires: [
      wire('in.out > warm.in'),
      wire('warm.raised > to.in'),
      wire('warm.cleared > to.in'),
      wire('to.out > out.in'),
    ],
  };
}

/** By name; the alerts are left out where the sink cannot count on them. */
export type Flows = Readonly<Record<string, FlowParts>>;

/** The flows of the load, with `connection` as their target. */
export function loadFlows(connection = 'broker'): Flows {
  return {
    Plain: plainFlow(connection),
    Kept: keptFlow(connection),
    Code: codeFlow(connection),
    Held: heldFlow(connection),
  };
}

export function standardFlows(connection = 'broker'): Flows {
  return { ...loadFlows(connection), [ALERT_FLOW]: alertFlow(connection) };
}

export const ALERT_FLOW = 'Alerts';

/** What the sink has to see of a message: the code adds a field, which is checked and taken off. */
export function contentOf(device: string, payload: string): string {
  if (wayOf(device) !== 'c') return payload;
  const { doubled, ...rest } = JSON.parse(payload) as { value: number; doubled?: number };
  return doubled === rest.value * 2 ? JSON.stringify(rest) : payload;
}

/** The same flow in another shape: so many nodes that change nothing are put before its target. */
export function withExtraNodes({ nodes, wires }: FlowParts, count: number): FlowParts {
  const extra = Array.from({ length: count }, (_, index) =>
    node(`extra${index}`, 'change', { set: [{ path: `headers.extra${index}`, to: index }] }),
  );
  const names = ['to', ...extra.map(({ id }) => id), 'out'];
  const row = names.slice(1).map((name, index) => wire(`${names[index]}.out > ${name}.in`));
  return { nodes: [...nodes, ...extra], wires: [...wires.slice(0, -1), ...row] };
}

/** The same flow with a mistake: its target is not told where to send. */
export function withoutTarget({ nodes, wires }: FlowParts): FlowParts {
  return { nodes: [...nodes.slice(0, -1), node('out', 'mqtt-out', { qos: 1 })], wires };
}

/** Nodes in a row, each wired from `out` to `in` of the next. */
export function chain(nodes: readonly { readonly id: string }[]): FlowParts {
  const wires = nodes.slice(1).map(({ id }, index) => wire(`${nodes[index]?.id ?? ''}.out > ${id}.in`));
  return { nodes, wires };
}

export function node(id: string, type: string, config: object): { readonly id: string } {
  const whole = { id, type, position: { x: 0, y: 0 }, config };
  return whole;
}

function addressNode(): { readonly id: string } {
  return node('to', 'change', { set: [{ path: 'topic', to: { template: 'out/{{device}}' } }] });
}

function outNode(connection: string): { readonly id: string } {
  return node('out', 'mqtt-out', { connection, qos: 1 });
}

/** A wire, as `in.out > warm.in`. */
function wire(text: string): object {
  const [from = '', to = ''] = text.split(' > ');
  return { from: from.split('.'), to: to.split('.') };
}
