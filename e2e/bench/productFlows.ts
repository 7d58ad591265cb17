// The same flows as the product has them.

interface BenchFlow {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly nodes: readonly object[];
  readonly wires: readonly object[];
}

export interface FlowOptions {
  /** Id of the connection to the broker. */
  readonly connection: string;
  readonly qos: 0 | 1;
}

const ABOVE_30 = { value: 'payload.temperature', operator: '>', limit: 30 };

/** in → threshold → change (topic) → out */
export function alertFlow({ connection, qos }: FlowOptions): BenchFlow {
  return flowOf(
    'Alert',
    [
      input(connection, qos),
      node('hot', 'threshold', { ...ABOVE_30, mode: 'each' }),
      node('to', 'change', TO_ALERTS),
      output(connection, qos),
    ],
    ['in.out > hot.in', 'hot.true > to.in', 'to.out > out.in'],
  );
}

/** The same with state by device that changes with every reading: each is warm where the one before was cold. */
export function statefulFlow({ connection, qos }: FlowOptions): BenchFlow {
  return flowOf(
    'Stateful alert',
    [
      input(connection, qos),
      node('hot', 'threshold', { ...ABOVE_30, mode: 'change' }),
      node('to', 'change', TO_ALERTS),
      output(connection, qos),
    ],
    ['in.out > hot.in', 'hot.raised > to.in', 'to.out > out.in'],
  );
}

/** in → function → switch → out; the code runs in the sandbox process */
export function functionFlow({ connection, qos }: FlowOptions): BenchFlow {
  const code = [
    'const f = message.payload.temperature * 9 / 5 + 32;',
    'message.payload.temperatureF = f;',
    'message.payload.alert = f > 86;',
    'message.topic = "alerts/" + message.payload.deviceId;',
    'return message;',
  ].join('\n');
  return flowOf(
    'Function',
    [
      input(connection, qos),
      node('convert', 'function', { code, outputs: 1 }),
      node('hot', 'switch', { rules: [{ value: 'payload.alert', operator: 'true' }] }),
      output(connection, qos),
    ],
    ['in.out > convert.in', 'convert.out > hot.in', 'hot.rule1 > out.in'],
  );
}

/** in → nine changes of a field → change (topic) → out; everything comes out */
export function changesFlow({ connection, qos }: FlowOptions): BenchFlow {
  const steps = Array.from({ length: 9 }, (_, index) =>
    node(`step${index}`, 'change', { set: [{ path: 'payload.step', to: index }] }),
  );
  const path = ['in', ...steps.map((_, index) => `step${index}`), 'to', 'out'];
  return flowOf(
    'Ten changes',
    [input(connection, qos), ...steps, node('to', 'change', TO_ALERTS), output(connection, qos)],
    path.slice(1).map((id, index) => `${path[index]}.out > ${id}.in`),
  );
}

/** A flow that evaluates every reading and sends nothing: one of many on one topic. */
export function silentFlow({ connection, qos }: FlowOptions, index: number): BenchFlow {
  return flowOf(
    `Silent ${index}`,
    [
      input(connection, qos),
      node('hot', 'threshold', { ...ABOVE_30, limit: 1_000 + index, mode: 'each' }),
      node('show', 'debug', {}),
    ],
    ['in.out > hot.in', 'hot.true > show.in'],
  );
}

/** The alert flow, and beside it state and a running timer of an hour for every device. */
export function timersFlow({ connection, qos }: FlowOptions): BenchFlow {
  const { nodes, wires } = alertFlow({ connection, qos });
  const watching = {
    value: 'payload.temperature',
    operator: '>',
    limit: 0,
    mode: 'change',
    raiseAfter: '1h',
  };
  return {
    ...flowOf('Timers', [], []),
    nodes: [...nodes, node('long', 'threshold', watching), node('show', 'debug', {})],
    wires: [...wires, wire('in.out > long.in'), wire('long.raised > show.in')],
  };
}

const TO_ALERTS = { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] };

function flowOf(name: string, nodes: readonly object[], wires: readonly string[]): BenchFlow {
  return { format: 1, id: 'bench', name, nodes, wires: wires.map(wire) };
}

function node(id: string, type: string, config: object): object {
  return { id, type, position: { x: 0, y: 0 }, config };
}

function input(connection: string, qos: 0 | 1): object {
  return node('in', 'mqtt-in', { connection, topic: 'devices/+/telemetry', qos });
}

function output(connection: string, qos: 0 | 1): object {
  return node('out', 'mqtt-out', { connection, qos });
}

/** A wire, as `in.out > hot.in`. */
function wire(text: string): object {
  const [from = '', to = ''] = text.split(' > ');
  return { from: from.split('.'), to: to.split('.') };
}
