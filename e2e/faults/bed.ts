import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Product } from '../product.ts';
import { startProduct } from '../product.ts';
import type { Api } from './api.ts';
import { signIn } from './api.ts';
import type { FlowParts, Way } from './flows.ts';
import { ALERTS, contentOf, isInput, OUTPUTS, WAYS } from './flows.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Load, LoadOptions } from './load.ts';
import { createLoad } from './load.ts';
import type { Memory } from './memory.ts';
import { watchMemory } from './memory.ts';
import type { Mosquitto } from './mosquitto.ts';
import { createMosquitto } from './mosquitto.ts';
import type { Publish } from './packets.ts';
import type { Publisher } from './publisher.ts';
import { openPublisher } from './publisher.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';
import type { Sink } from './sink.ts';
import { openSink } from './sink.ts';
import type { Tap } from './tap.ts';
import { openTap } from './tap.ts';
import type { Outage, Thermometers } from './thermometers.ts';
import { createThermometers } from './thermometers.ts';
import { holdsWithin, now, sleep } from './time.ts';

export type BrokerKind = 'mosquitto' | 'embedded';

export interface BedOptions {
  readonly broker: BrokerKind;
  readonly seed: number;
  /** Where the product keeps its data; a folder of the bed's own where it is left out. */
  readonly data?: string;
  readonly poison?: LoadOptions['poison'];
}

/** The running product with a broker, a load, a ledger and all that a fault needs. */
export interface Bed {
  readonly broker: BrokerKind;
  readonly random: Random;
  /** For whatever a fault has to write; goes with the bed. */
  readonly folder: string;
  /** Where the product keeps its data. */
  readonly data: string;
  readonly ledger: Ledger;
  readonly load: Load;
  readonly publisher: Publisher;
  readonly sink: Sink;
  readonly thermometers: Thermometers;
  readonly memory: Memory;
  readonly mosquitto: Mosquitto | undefined;
  readonly tap: Tap | undefined;
  readonly api: Api;
  product(): Product;
  /** Kills the server and starts it again on the same folder and ports. */
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Runs the flows; gives their ids by name. */
  makeFlows(flows: Readonly<Record<string, FlowParts>>): Promise<ReadonlyMap<string, string>>;
  /** Starts the load and waits until it comes out of every flow. */
  begin(): Promise<void>;
  /** Waits until messages that are sent from now on come out of every flow; gives the outage that began at `from`. */
  recovered(from: number): Promise<Outage>;
  /** Stops the load and waits until all is out, or until nothing comes any more. */
  settle(isExcused?: (device: string, sequence: number) => boolean): Promise<void>;
  close(): Promise<void>;
}

const DEVICES: Readonly<Record<Way, number>> = { p: 100, k: 50, c: 50 };
const THERMOMETERS = 20;
/** A little more than what is asked for, so that it is reached. */
const PER_SECOND = 2_200;
const RECOVER_MS = 30_000;
/** When nothing has come for so long nothing will. */
const NO_PROGRESS_MS = 15_000;
const QUIET_MS = 300;

/** The product's own windows, in messages. */
export const BOUNDS = {
  /** What one MQTT connection of it may have unacknowledged. */
  inputs: 4_096,
  /** What its three `mqtt-out` of the load may have sent and not yet noted on disk as sent: four calls of 256 each. */
  outputs: 3 * 4 * 256,
} as const;

export async function openBed(options: BedOptions): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  const data = options.data ?? join(folder, 'data');
  const mosquitto =
    options.broker === 'mosquitto' ? await createMosquitto(join(folder, 'broker')) : undefined;
  await mosquitto?.start();
  const tap = mosquitto === undefined ? undefined : await openTap(mosquitto.port, keyOf);
  const start = (ports: { httpPort?: number; mqttPort?: number }) =>
    startProduct({
      ...ports,
      folder: data,
      ...(tap === undefined ? {} : { mqttUrl: `mqtt://127.0.0.1:${tap.port}` }),
    });
  let product = await start({});
  const port = mosquitto?.port ?? product.mqttPort;
  const ledger = createLedger();
  const publisher = openPublisher(port, 'ledger-publisher');
  const thermometers = createThermometers(publisher, THERMOMETERS);
  const sink = openSink(port, 'ledger-sink', [OUTPUTS, ALERTS], entering(ledger, thermometers));
  const devices = interleaved();
  const load = createLoad(publisher, ledger, {
    devices,
    perSecond: PER_SECOND,
    ...(options.poison === undefined ? {} : { poison: options.poison }),
  });
  const api = await signIn(product.url);
  const memory = watchMemory(() => product.pid);
  await sink.subscribed();
  await publisher.connected();

  const startServer = async () => {
    product = await start({ httpPort: product.httpPort, mqttPort: product.mqttPort });
  };
  const makeFlows = async (flows: Readonly<Record<string, FlowParts>>) => {
    hasAlerts = 'Alerts' in flows;
    const ids = new Map<string, string>();
    for (const [name, parts] of Object.entries(flows)) ids.set(name, await api.makeFlow(name, parts));
    return ids;
  };
  let hasAlerts = false;
  const comesOut = (since: number) => WAYS.every((way) => ledger.highestOut(way) > since);
  const recovered = async (from: number) => {
    const since = ledger.counts.sent;
    const isBack = await holdsWithin(RECOVER_MS, () => comesOut(since));
    if (!isBack) throw new Error(await stuck(since));
    return { from, to: now() };
  };

  const stuck = async (since: number) => {
    const silent = WAYS.filter((way) => ledger.highestOut(way) <= since);
    const { body } = await api.get('/api/deployments').catch((error: unknown) => ({ body: String(error) }));
    return [
      `Nothing new came out of the flows ${silent.join(', ')} within ${RECOVER_MS / 1_000} s after a fault.`,
      `${ledger.outstanding} are outstanding, ${publisher.inFlight} in flight, the publisher is ${publisher.isConnected ? '' : 'not '}connected.`,
      `Deployments: ${JSON.stringify(body)}`,
      ...product.output().split('\n').slice(-8),
    ].join('\n     ');
  };

  return {
    broker: options.broker,
    random: randomOf(options.seed),
    folder,
    data,
    ledger,
    load,
    publisher,
    sink,
    thermometers,
    memory,
    mosquitto,
    tap,
    api,
    product: () => product,
    killServer: () => product.kill(),
    startServer,
    makeFlows,
    begin: async () => {
      load.start();
      if (hasAlerts) thermometers.start();
      await recovered(now());
      memory.start();
    },
    recovered,
    settle: async (isExcused) => {
      load.stop();
      thermometers.finish();
      await settled({ ledger, publisher, thermometers }, isExcused);
    },
    close: async () => {
      load.stop();
      thermometers.stop();
      memory.stop();
      publisher.close();
      sink.close();
      await product.stop();
      await tap?.close();
      await mosquitto?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The devices of all ways by turns, so that every flow has its share at any time. */
function interleaved(): string[] {
  const all = WAYS.flatMap((way) =>
    Array.from({ length: DEVICES[way] }, (_, index) => ({
      place: index / DEVICES[way],
      name: `${way}${index}`,
    })),
  );
  return all.toSorted((a, b) => a.place - b.place).map(({ name }) => name);
}

function keyOf({ topic, payload }: Publish) {
  const way = topic.startsWith('out/') ? 'out' : isInput(topic) ? 'in' : undefined;
  if (way === undefined) return undefined;
  const found = /^\{"device":"(\w+)","seq":(\d+)/.exec(payload.toString('latin1', 0, 60));
  return found === null ? undefined : ({ way, key: `${found[1]}#${found[2]}` } as const);
}

/** Enters what the sink gets. */
function entering(ledger: Ledger, thermometers: Thermometers): (message: Publish) => void {
  return ({ topic, payload }) => {
    const [first, kind, device = ''] = topic.split('/');
    const text = payload.toString('utf8');
    if (first === 'alerts') {
      const { episode } = JSON.parse(text) as { episode: number };
      thermometers.alerted(kind === 'raised' ? 'raised' : 'cleared', device, episode);
    } else enterOutput(ledger, kind ?? '', text);
  };
}

function enterOutput(ledger: Ledger, device: string, text: string): void {
  const { seq } = JSON.parse(text) as { seq: number };
  ledger.arrived(device, seq, contentOf(device, text));
}

async function settled(
  { ledger, publisher, thermometers }: Pick<Bed, 'ledger' | 'publisher' | 'thermometers'>,
  isExcused: ((device: string, sequence: number) => boolean) | undefined,
): Promise<void> {
  const isThrough = () =>
    publisher.inFlight === 0 && thermometers.isAtRest && missing(ledger, isExcused) === 0;
  let before = -1;
  while (before !== ledger.counts.arrived && !isThrough()) {
    before = ledger.counts.arrived;
    const isOver = () => isThrough() || ledger.counts.arrived !== before;
    await holdsWithin(NO_PROGRESS_MS, isOver);
    await sleep(QUIET_MS);
  }
  // Duplicates that are still on their way.
  for (before = -1; before !== ledger.counts.arrived; ) {
    before = ledger.counts.arrived;
    await sleep(QUIET_MS);
  }
}

function missing(
  ledger: Ledger,
  isExcused: ((device: string, sequence: number) => boolean) | undefined,
): number {
  if (isExcused === undefined || ledger.outstanding === 0) return ledger.outstanding;
  let count = 0;
  for (const { device, sequence } of ledger.missing()) if (!isExcused(device, sequence)) count += 1;
  return count;
}
