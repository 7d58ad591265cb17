import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Product } from '../product.ts';
import { startProduct } from '../product.ts';
import type { Api } from './api.ts';
import { signIn } from './api.ts';
import type { SmallDisk } from './disk.ts';
import { mountSmallDisk } from './disk.ts';
import { entering, keyOf } from './entries.ts';
import type { Flows, Way } from './flows.ts';
import { ALERT_FLOW, ALERTS, OUTPUTS, WAYS } from './flows.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Load, LoadOptions } from './load.ts';
import { createLoad, MOST_OUTSTANDING } from './load.ts';
import type { Memory } from './memory.ts';
import { watchMemory } from './memory.ts';
import type { Mosquitto } from './mosquitto.ts';
import { createMosquitto } from './mosquitto.ts';
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
import { now, untilNothingChanges } from './time.ts';

export type BrokerKind = 'mosquitto' | 'embedded';

export interface BedOptions {
  readonly broker: BrokerKind;
  readonly seed: number;
  /** The product keeps its data on a disk of this size. */
  readonly diskMb?: number;
  /** What flows send goes to a broker of its own, a Mosquitto. */
  readonly hasTarget?: boolean;
  readonly load?: Partial<LoadOptions>;
}

/** The running product with a broker, a load, a ledger and all that a fault needs. */
export interface Bed {
  readonly random: Random;
  /** Where the product keeps its data. */
  readonly data: string;
  readonly disk: SmallDisk | undefined;
  readonly ledger: Ledger;
  readonly load: Load;
  readonly publisher: Publisher;
  readonly sink: Sink;
  readonly thermometers: Thermometers;
  readonly memory: Memory;
  readonly mosquitto: Mosquitto | undefined;
  readonly target: Mosquitto | undefined;
  readonly tap: Tap | undefined;
  readonly api: Api;
  /** Ids of the flows by name. */
  readonly flows: ReadonlyMap<string, string>;
  /** The connection that flows send to. */
  readonly connection: string;
  product(): Product;
  startServer(): Promise<void>;
  /** Runs flows, starts the load and waits until it comes out of every flow. */
  begin(flowsTo: (connection: string) => Flows): Promise<void>;
  /** Waits until messages that are sent from now on come out of every flow; gives the outage that began at `from`. */
  recovered(from: number): Promise<Outage>;
  close(): Promise<void>;
}

const DEVICES: Readonly<Record<Way, number>> = { p: 100, k: 50, c: 50, h: 20 };
const THERMOMETERS = 20;
/** A little more than what is asked for, so that it is reached. */
const PER_SECOND = 2_200;
/** When nothing has come for so long nothing will. */
const NO_PROGRESS_MS = 30_000;
/** Of what the product has printed, for who looks for the cause. */
const LAST_LINES = 8;

export async function openBed(options: BedOptions): Promise<Bed> {
  const surroundings = await startSurroundings(options);
  const { data, disk, mosquitto, target, tap, folder } = surroundings;
  const start = (ports: { httpPort?: number; mqttPort?: number }) =>
    startProduct({
      ...ports,
      folder: data,
      ...(tap === undefined ? {} : { mqttUrl: `mqtt://127.0.0.1:${tap.port}` }),
    });
  let product = await start({});
  const api = await signIn(product.url);
  const traffic = await startTraffic(options, mosquitto?.port ?? product.mqttPort, target?.port);
  const { ledger, publisher, sink, thermometers, load } = traffic;
  const memory = watchMemory(() => product.pid);
  const connection = target === undefined ? 'broker' : await api.makeConnection('Target', target.port);
  const flows = new Map<string, string>();
  const recovered = async (from: number) => {
    const silent = await silentWays(ledger);
    if (silent.length === 0) return { from, to: now() };
    throw new Error(await stuckSentence(silent, traffic, api, product));
  };

  return {
    ...traffic,
    ...surroundings,
    random: randomOf(options.seed),
    memory,
    api,
    flows,
    connection,
    product: () => product,
    startServer: async () => {
      product = await start({ httpPort: product.httpPort, mqttPort: product.mqttPort });
    },
    begin: async (flowsTo) => {
      for (const [name, parts] of Object.entries(flowsTo(connection)))
        flows.set(name, await api.makeFlow(name, parts));
      load.start();
      if (flows.has(ALERT_FLOW)) thermometers.start();
      await recovered(now());
      memory.start();
    },
    recovered,
    close: async () => {
      for (const { stop } of [load, thermometers, memory]) stop();
      publisher.close();
      sink.close();
      await product.stop();
      await tap?.close();
      await mosquitto?.stop();
      await target?.stop();
      disk?.unmount();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What has to be there before the product. */
async function startSurroundings({ broker, diskMb, hasTarget }: BedOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  const data = join(folder, 'data');
  const disk = diskMb === undefined ? undefined : mountSmallDisk(data, diskMb);
  const mosquitto = broker === 'mosquitto' ? await startMosquitto(join(folder, 'broker')) : undefined;
  const target = hasTarget === true ? await startMosquitto(join(folder, 'target')) : undefined;
  const tap = mosquitto === undefined ? undefined : await openTap(mosquitto.port, keyOf);
  return { folder, data, disk, mosquitto, target, tap };
}

/** Who publishes and who reads what comes out, and the ledger between them. */
async function startTraffic(options: BedOptions, port: number, targetPort: number | undefined) {
  const ledger = createLedger();
  const publisher = openPublisher(port, 'ledger-publisher');
  const thermometers = createThermometers(publisher, THERMOMETERS);
  const onMessage = entering(ledger, thermometers);
  const sink = openSink(targetPort ?? port, 'ledger-sink', [OUTPUTS, ALERTS], onMessage);
  const load = createLoad(publisher, ledger, {
    devices: interleaved(),
    perSecond: PER_SECOND,
    mostOutstanding: MOST_OUTSTANDING,
    ...options.load,
  });
  await sink.subscribed();
  await publisher.connected();
  return { ledger, publisher, thermometers, sink, load };
}

/** Waits until messages that are sent from now on come out of every flow; gives those out of which nothing comes. */
async function silentWays(ledger: Ledger): Promise<readonly Way[]> {
  const since = ledger.counts.sent;
  const silent = () => WAYS.filter((way) => ledger.highestOut(way) <= since);
  await untilNothingChanges(
    NO_PROGRESS_MS,
    () => silent().length === 0,
    () => ledger.counts.arrived,
  );
  return silent();
}

async function stuckSentence(
  silent: readonly Way[],
  { ledger, publisher }: Pick<Bed, 'ledger' | 'publisher'>,
  api: Api,
  product: Product,
): Promise<string> {
  return [
    `Nothing new comes out of the flows ${silent.join(', ')} after a fault, for ${NO_PROGRESS_MS / 1_000} s now.`,
    `${ledger.outstanding} are outstanding, ${publisher.inFlight} in flight.`,
    `Deployments: ${JSON.stringify((await api.get('/api/deployments')).body)}`,
    ...product.output().split('\n').slice(-LAST_LINES),
  ].join('\n     ');
}

async function startMosquitto(folder: string): Promise<Mosquitto> {
  const mosquitto = await createMosquitto(folder);
  await mosquitto.start();
  return mosquitto;
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
