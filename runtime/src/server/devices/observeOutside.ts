import { ABOUT_FILTER, TELEMETRY_FILTER } from './deviceRules.ts';

export interface OutsideOptions {
  readonly url: string;
  readonly clientId: string;
  observe(topic: string, payload: Uint8Array): void;
  log(level: 'note' | 'warning' | 'error', sentence: string): void;
}

/**
 * Watches the devices of an outside broker (SLUICE_MQTT_URL). A broker that is not there, comes late or goes away is
 * tried again for as long as the server runs; what changes is said once.
 */
export async function observeOutside(options: OutsideOptions): Promise<() => Promise<void>> {
  // Loaded here because most servers use the embedded broker and need no client.
  const { connect } = await import('mqtt');
  const client = connect(options.url, { clientId: options.clientId, clean: true, reconnectPeriod: 2_000 });
  const place = hostOf(options.url);
  let isAway = false;
  client.on('connect', () => {
    isAway = false;
    options.log('note', `Connected to the MQTT broker ${place}.`);
    client.subscribe([TELEMETRY_FILTER, ABOUT_FILTER], { qos: 0 }, (error) => {
      if (error !== null) {
        options.log('error', `The MQTT broker ${place} does not let Sluice see devices: ${error.message}.`);
      }
    });
  });
  client.on('message', (topic, payload) => options.observe(topic, payload));
  const away = (reason: string): void => {
    if (!isAway)
      options.log('warning', `The MQTT broker ${place} cannot be reached${reason}. Sluice goes on trying.`);
    isAway = true;
  };
  client.on('error', (error) => away(` (${error.message})`));
  client.on('close', () => away(''));
  return async () => {
    isAway = true;
    await client.endAsync(true);
  };
}

/** The address without user and password. */
function hostOf(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}`;
}
