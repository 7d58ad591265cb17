// The flows as Node-RED has them. All read devices/+/telemetry and publish on alerts/….

type NodeRedNode = Readonly<Record<string, unknown>>;

const TAB: NodeRedNode = { id: 'tab', type: 'tab', label: 'bench', disabled: false, info: '' };

export interface NodeRedFlowOptions {
  readonly port: number;
  readonly qos: 0 | 1;
}

/** in → switch (temperature > 30) → change (topic) → out */
export function nodeRedAlert(options: NodeRedFlowOptions): readonly NodeRedNode[] {
  return [
    ...ends(options, 'hot'),
    switchNode('hot', 'payload.temperature', { t: 'gt', v: '30', vt: 'num' }, 'to'),
    changeNode('to', TO_ALERTS, 'out'),
  ];
}

/** in → function (to Fahrenheit, and whether it is too warm) → switch → out */
export function nodeRedFunction(options: NodeRedFlowOptions): readonly NodeRedNode[] {
  const func = [
    'const f = msg.payload.temperature * 9 / 5 + 32;',
    'msg.payload.temperatureF = f;',
    'msg.payload.alert = f > 86;',
    'msg.topic = "alerts/" + msg.payload.deviceId;',
    'return msg;',
  ].join('\n');
  const settings = { func, outputs: 1, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] };
  return [
    ...ends(options, 'convert'),
    node('convert', 'function', ['hot'], settings),
    switchNode('hot', 'payload.alert', { t: 'true' }, 'out'),
  ];
}

/** in → ten change nodes, nine that set a field and one that sets the topic → out; everything comes out */
export function nodeRedChanges(options: NodeRedFlowOptions): readonly NodeRedNode[] {
  const steps = Array.from({ length: 9 }, (_, index) =>
    changeNode(
      `step${index}`,
      { t: 'set', p: 'payload.step', pt: 'msg', to: String(index), tot: 'num' },
      index === 8 ? 'to' : `step${index + 1}`,
    ),
  );
  return [...ends(options, 'step0'), ...steps, changeNode('to', TO_ALERTS, 'out')];
}

const TO_ALERTS = {
  t: 'change',
  p: 'topic',
  pt: 'msg',
  from: 'devices/',
  fromt: 'str',
  to: 'alerts/',
  tot: 'str',
};

function node(id: string, type: string, to: readonly string[], settings: NodeRedNode): NodeRedNode {
  return { id, type, z: 'tab', name: '', x: 100, y: 100, wires: to.length === 0 ? [] : [to], ...settings };
}

function switchNode(id: string, property: string, rule: NodeRedNode, to: string): NodeRedNode {
  const rules = { rules: [rule], checkall: 'true', repair: false, outputs: 1 };
  return node(id, 'switch', [to], { property, propertyType: 'msg', ...rules });
}

function changeNode(id: string, rule: NodeRedNode, to: string): NodeRedNode {
  return node(id, 'change', [to], { rules: [rule], action: '', property: '', from: '', to: '', reg: false });
}

/** The broker, MQTT in and MQTT out. */
function ends({ port, qos }: NodeRedFlowOptions, first: string): readonly NodeRedNode[] {
  return [
    TAB,
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(port),
      autoConnect: true,
      clientid: '',
      usetls: false,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      autoUnsubscribe: true,
    },
    node('in', 'mqtt in', [first], {
      topic: 'devices/+/telemetry',
      qos: String(qos),
      datatype: 'auto-detect',
      broker: 'broker',
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
    }),
    node('out', 'mqtt out', [], { topic: '', qos: String(qos), retain: '', broker: 'broker' }),
  ];
}
