import type { MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { VirtualDevice } from './devices.ts';

export interface PublishOptions {
  /** The broker: `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  readonly clientId: string;
  /** For a broker that asks for them. */
  readonly username?: string;
  readonly password?: string;
  readonly devices: readonly VirtualDevice[];
  /** Messages a second of each device. */
  readonly rate: number;
  readonly time: RunnerTime;
  /** Told when the broker cannot be reached, and when it can again; once each. */
  say(sentence: string): void;
}

interface PublishCounts {
  /** Handed to the broker. */
  readonly published: number;
  /** Confirmed by it. */
  readonly confirmed: number;
  /** Due and left out, because the broker was away or too slow. */
  readonly skipped: number;
}

export interface Publishing {
  counts(): PublishCounts;
  /** Resolves when the connection is closed. May be called twice. */
  stop(): Promise<void>;
}

const TICK_MS = 10;
const RECONNECT_MS = 1_000;
/** Unconfirmed messages beyond this would only pile up in memory. */
const MOST_UNCONFIRMED = 4_000;
const CLOSE_MS = 2_000;

/**
 * Publishes what virtual devices measure: `devices/<id>/telemetry` with QoS 1, spread evenly over time, and once for each
 * connection `devices/<id>/about`, retained. A silent device publishes nothing.
 * Begins when the broker is there for the first time, and goes on by itself when it comes back.
 */
export function publishDevices(options: PublishOptions): Publishing {
  const { devices, time } = options;
  const counts = { published: 0, confirmed: 0, skipped: 0 };
  const client = connect(options.url, {
    clientId: options.clientId,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    protocolVersion: 4,
    reconnectPeriod: RECONNECT_MS,
    clean: true,
    // No buffer kept for each of 65,536 packet ids, which takes 11 MB.
    writeCache: false,
  });
  tellOfConnection(client, options);
  let startedAt: number | undefined;
  client.on('connect', () => {
    startedAt ??= time.now();
    for (const device of devices) introduce(client, device);
  });

  const spacingMs = 1_000 / (options.rate * devices.length);
  let next = 0;
  const publishDue = (): void => {
    if (startedAt === undefined) return;
    const now = time.now();
    const due = Math.floor((now - startedAt) / spacingMs);
    for (; next < due; next += 1) {
      const device = devices[next % devices.length];
      if (device !== undefined) publishOne(client, device, now, counts);
    }
  };
  const stopTicks = every(time, TICK_MS, publishDue);
  let stopped: Promise<void> | undefined;
  return {
    counts: () => ({ ...counts }),
    stop: () => {
      stopTicks();
      stopped ??= close(client, time);
      return stopped;
    },
  };
}

function publishOne(
  client: MqttClient,
  device: VirtualDevice,
  now: number,
  counts: { published: number; confirmed: number; skipped: number },
): void {
  const measured = device.signal(now);
  if (measured === undefined) return;
  if (!client.connected || counts.published - counts.confirmed >= MOST_UNCONFIRMED) {
    counts.skipped += 1;
    return;
  }
  counts.published += 1;
  client.publish(`devices/${device.id}/telemetry`, JSON.stringify(measured), { qos: 1 }, (error) => {
    if (error === null || error === undefined) counts.confirmed += 1;
  });
}

function introduce(client: MqttClient, device: VirtualDevice): void {
  const about = JSON.stringify({ name: device.name, model: device.model, tags: device.tags });
  client.publish(`devices/${device.id}/about`, about, { qos: 1, retain: true });
}

function tellOfConnection(client: MqttClient, options: PublishOptions): void {
  let hasTold = false;
  const tell = (reason: string): void => {
    if (!hasTold)
      options.say(`The broker at ${options.url} cannot be reached (${reason}); trying again until it can.`);
    hasTold = true;
  };
  client.on('error', (error) => tell(reasonOf(error)));
  client.on('close', () => tell('the connection was closed'));
  client.on('connect', () => {
    if (hasTold) options.say(`The broker at ${options.url} is there.`);
    hasTold = false;
  });
}

/** Node puts all attempts of one connect into an error whose own message is empty. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError)
    return error.errors.map((inner) => reasonOf(inner as Error)).join('; ');
  return error.message === '' ? error.name : error.message;
}

async function close(client: MqttClient, time: RunnerTime): Promise<void> {
  client.removeAllListeners('close');
  // A broker that confirms nothing any more must not keep us here.
  const stopWaiting = time.after(CLOSE_MS, () => client.end(true));
  await client.endAsync(!client.connected);
  stopWaiting();
}
