import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';
import { withoutUser } from './redact.ts';
import type { TlsSettings } from './tlsSettings.ts';
import { readTlsSettings, tlsFailure } from './tlsSettings.ts';

const configSchema = z.object({
  url: z.string(),
  username: z.string().optional(),
});

const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

export interface MqttSettings {
  /** Without user name and password, so that it can be shown. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: TlsSettings;
}

/**
 * Reads the settings of an MQTT connection. User name and password may also stand in the URL.
 * Throws a `SluiceError` whose sentence names the connection.
 */
export function readMqttSettings(
  name: string,
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): MqttSettings {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw wrongUrl(name, '');
  if (!URL.canParse(parsed.data.url)) throw wrongUrl(name, parsed.data.url);
  const url = new URL(parsed.data.url);
  if (!PROTOCOLS.includes(url.protocol) || url.hostname === '') throw wrongUrl(name, parsed.data.url);
  const username = parsed.data.username ?? decodeURIComponent(url.username);
  const password = secrets['password'] ?? decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  return {
    url: url.href.replace(/\/$/, ''),
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
    tls: readTlsSettings(name, config, secrets, ['mqtts:', 'wss:'].includes(url.protocol)),
  };
}

function wrongUrl(name: string, url: string): SluiceError {
  return new SluiceError(
    'invalid-input',
    `The address “${withoutUser(url)}” of the connection “${name}” is not one of an MQTT broker. Write one such as mqtt://192.168.1.10:1883 or mqtts://broker.example.com:8883.`,
  );
}

/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3, as reasons for a person. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1',
  2: 'it does not accept the client id',
  3: 'it says that it is not available',
  4: 'user name or password is wrong',
  5: 'this user may not connect',
};

/** Those of them that no waiting mends. */
const LASTING_REFUSALS = new Set<unknown>([1, 2, 4, 5]);

/** Whether the broker refuses this client, and not only for now. */
export function isRefusal(error: Error): boolean {
  return LASTING_REFUSALS.has((error as Error & { code?: string | number }).code);
}

/** The sentence for a connection that failed: what happened, and what happens next. */
export function failureSentence(url: string, error: Error, retryMs: number): string {
  const next = `; trying again in ${retryMs / 1_000} s`;
  const { code } = error as Error & { code?: string | number };
  if (typeof code === 'number' && REFUSALS[code] !== undefined)
    return `${url} refuses the connection: ${REFUSALS[code]}${next}`;
  const insecure = tlsFailure(error);
  if (insecure !== undefined) return `cannot connect to ${url}: ${insecure}${next}`;
  return `cannot reach ${url} (${code ?? error.message})${next}`;
}

/** The sentence for a broker that has ended a connection, or the try to make one (early), without a word. */
export function closedSentence({ url, tls }: MqttSettings, isEarly: boolean, retryMs: number): string {
  const why = tls.cert === undefined ? '' : ', as one does that does not accept the client certificate';
  const when = isEarly ? ` before it answered${why}` : '';
  return `${url} closed the connection${when}; trying again in ${retryMs / 1_000} s`;
}
