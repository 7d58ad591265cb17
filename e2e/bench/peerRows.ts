import { fileURLToPath } from 'node:url';
import type { Contestant, Figures } from './contest.ts';
import { contest } from './contest.ts';
import { endChild, startChild } from './children.ts';
import { HAS_MOSQUITTO, NO_MOSQUITTO } from './mosquitto.ts';
import { hasNodeRed, NODE_RED, startNodeRed } from './nodeRed.ts';
import type { NodeRedFlowOptions } from './nodeRedFlows.ts';
import { nodeRedAlert, nodeRedChanges, nodeRedFunction } from './nodeRedFlows.ts';
import type { FlowOptions } from './productFlows.ts';
import { alertFlow, changesFlow, functionFlow, statefulFlow } from './productFlows.ts';
import type { Row } from './row.ts';
import { megabytes, micros, millis, perSecond, ratioRow } from './row.ts';
import { startSluiceWith, withOwnNode } from './sluice.ts';

// The product beside others that do the same, on Mosquitto. First figure: CPU time of all its processes for one input.

const SLUICE = 'Sluice';
const BARE = 'bare mqtt.js';
const RAW = 'raw socket';

type Qos = 0 | 1;

function sluice(
  qos: Qos,
  flow: (options: FlowOptions) => { readonly name: string },
  name = SLUICE,
): Contestant {
  return {
    name,
    start: async ({ url }, folder) =>
      startSluiceWith(url, (connection) => flow({ connection, qos }), await withOwnNode(folder)),
  };
}

function nodeRed(qos: Qos, flow: (options: NodeRedFlowOptions) => readonly object[]): Contestant {
  return {
    name: NODE_RED,
    start: async ({ port }, folder) =>
      (await hasNodeRed()) ? startNodeRed(folder, flow({ port, qos })) : undefined,
  };
}

function script(name: string, file: string, environment: Readonly<Record<string, string>>): Contestant {
  return {
    name,
    start: ({ port, url }) => {
      const path = fileURLToPath(new URL(file, import.meta.url));
      const child = startChild(process.execPath, [path], {
        ...environment,
        MQTT_URL: url,
        MQTT_PORT: String(port),
      });
      return Promise.resolve({ pid: child.pid ?? 0, stop: () => endChild(child) });
    },
  };
}

const bare = (qos: Qos) => script(BARE, 'bareScript.js', { QOS: String(qos) });

/** QoS 0: in → threshold → change → out, half of the inputs coming out. Latency and memory are of this flow too. */
export async function plainRows(rounds: number): Promise<Row[]> {
  const what = 'MQTT in → threshold → change → MQTT out, QoS 0';
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const raw = script(RAW, 'rawScript.js', {});
  const all = await contest([bare(0), raw, nodeRed(0, nodeRedAlert), sluice(0, alertFlow)], {
    qos: 0,
    expect: 'half',
    rounds,
    isTimed: true,
    pacemaker: NODE_RED,
  });
  return [
    cpuRow(what, all, BARE, 1.15),
    cpuRow(what, all, NODE_RED, 0.42),
    ...restRows(what, all),
    ...latencyRows(what, all),
    memoryRow(what, all),
  ];
}

/** QoS 1, acknowledged last, without and with state that is committed to disk for every input. */
export async function confirmedRows(rounds: number): Promise<Row[]> {
  const what = 'MQTT in → threshold → change → MQTT out, QoS 1, acknowledged last';
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const all = await contest(
    [bare(1), nodeRed(1, nodeRedAlert), sluice(1, alertFlow), sluice(1, statefulFlow, STATEFUL)],
    { qos: 1, expect: 'half', rounds },
  );
  const stateful = 'QoS 1 with state by device, it and every output committed to disk first';
  return [
    cpuRow(what, all, BARE, 1.3),
    cpuRow(what, all, NODE_RED, 0.75),
    ...restRows(what, all),
    cpuRow(stateful, all, BARE, 1.3, STATEFUL),
    cpuRow(stateful, all, NODE_RED, 0.75, STATEFUL),
  ];
}

const STATEFUL = 'Sluice with state';

export async function functionRows(rounds: number): Promise<Row[]> {
  const what = 'MQTT in → function (sandbox) → switch → MQTT out, QoS 0';
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const all = await contest([nodeRed(0, nodeRedFunction), sluice(0, functionFlow)], {
    qos: 0,
    expect: 'half',
    rounds,
  });
  return [cpuRow(what, all, NODE_RED, 0.6), ...restRows(what, all)];
}

export async function changesRows(rounds: number): Promise<Row[]> {
  const what = 'MQTT in → ten changes → MQTT out, QoS 0';
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const all = await contest([nodeRed(0, nodeRedChanges), sluice(0, changesFlow)], {
    qos: 0,
    expect: 'all',
    rounds,
  });
  return [cpuRow(what, all, NODE_RED, 0.35), ...restRows(what, all)];
}

type All = ReadonlyMap<string, Figures>;

function figuresOf(all: All, name: string): Figures {
  const figures = all.get(name);
  if (figures === undefined) throw new Error(`${name} was not measured.`);
  return figures;
}

function cpuRow(what: string, all: All, against: string, atMost: number, name = SLUICE): Row {
  return ratioRow({
    what: `${what}: CPU an input`,
    own: figuresOf(all, name).cpuMicros,
    peer: all.get(against)?.cpuMicros,
    format: micros,
    against,
    atMost,
  });
}

/** How fast in a closed loop, and whether all came back once. */
function restRows(what: string, all: All): Row[] {
  const others = [...all].filter(([name]) => name !== SLUICE);
  const { rate, lost, doubled } = figuresOf(all, SLUICE);
  const raw = all.get(RAW);
  return [
    ...(raw === undefined
      ? []
      : [
          {
            what: `${what}: CPU an input`,
            value: micros(figuresOf(all, SLUICE).cpuMicros),
            against: `${RAW} ${micros(raw.cpuMicros)}`,
            ratio: figuresOf(all, SLUICE).cpuMicros / raw.cpuMicros,
            bar: '',
          },
        ]),
    {
      what: `${what}: closed loop`,
      value: `${perSecond(rate)}, ${lost} lost, ${doubled} doubled`,
      against: others.map(([name, figures]) => `${name} ${perSecond(figures.rate)}`).join(', '),
      bar: 'none lost',
      isMet: lost === 0,
    },
  ];
}

/**
 * Each at half and at nine tenths of its own highest rate. What the script and the raw socket have is what broker, load and
 * machine leave for anybody: with two cores the broker is near its own limit there.
 */
function latencyRows(what: string, all: All): Row[] {
  const own = figuresOf(all, SLUICE).p99;
  const peer = all.get(NODE_RED)?.p99;
  if (own === undefined) return [];
  const others = (of: (p99: NonNullable<Figures['p99']>) => number) =>
    [NODE_RED, BARE, RAW].map((name) => {
      const p99 = all.get(name)?.p99;
      return `${name} ${p99 === undefined ? 'not measured' : millis(of(p99))}`;
    });
  const rowOf = (share: string, of: (p99: NonNullable<Figures['p99']>) => number): Row => ({
    what: `${what}: p99 at ${share} of the own rate`,
    value: millis(of(own)),
    against: others(of).join(', '),
    bar: '',
    ...(peer !== undefined && { ratio: of(own) / of(peer) }),
  });
  const high = rowOf('90 %', (p99) => p99.high);
  return [
    rowOf('50 %', (p99) => p99.half),
    {
      ...high,
      bar: 'at most 0.5 × Node-RED',
      ...(high.ratio !== undefined && { isMet: high.ratio <= 0.5 }),
    },
    ...(own.paced === undefined || peer === undefined
      ? []
      : [
          {
            what: `${what}: p99 at 90 % of the rate of ${NODE_RED}, for both`,
            value: millis(own.paced),
            against: `${NODE_RED} ${millis(peer.high)}`,
            ratio: own.paced / peer.high,
            bar: '',
          },
        ]),
  ];
}

/** Both processes of the product run the same binary: its pages are there once, and top shows them twice. */
function memoryRow(what: string, all: All): Row {
  const own = figuresOf(all, SLUICE);
  const peer = all.get(NODE_RED);
  const row = ratioRow({
    what: `${what}: physical memory at load, all processes`,
    own: own.loaded.physical,
    peer: peer?.loaded.physical,
    format: megabytes,
    against: NODE_RED,
    atMost: 0.8,
  });
  const asTopShows = `${megabytes(own.loaded.resident)} where each process counts what it shares`;
  const idle =
    peer === undefined
      ? ''
      : `; idle ${megabytes(own.idle.physical)} against ${megabytes(peer.idle.physical)}`;
  return { ...row, value: `${row.value} (${asTopShows})${idle}` };
}
