import type { Credential, DeviceAddress } from '@sluice/shared/protocol/credentials.ts';
import type { Status } from '../ui/StatusDot.tsx';
import { formatAgo, formatSpan } from '../ui/formatTime.ts';

const DAY_MS = 86_400_000;
/** So long before its end a certificate is to be renewed. */
const RENEW_MS = 30 * DAY_MS;
/** A device that has not used a credential for so long has another one by now. */
const LEFT_MS = 7 * DAY_MS;

export const KIND_WORDS: Record<Credential['kind'], string> = { token: 'Token', certificate: 'Certificate' };

export interface CredentialState {
  readonly status: Status;
  readonly word: string;
}

/** Whether a credential is used, and still counts; `now` in ms since the epoch. */
export function stateOf({ expiresAt, lastUsedAt }: Credential, now: number): CredentialState {
  if (expiresAt !== undefined && expiresAt <= now) return { status: 'danger', word: 'ended' };
  if (expiresAt !== undefined && expiresAt - now < RENEW_MS)
    return { status: 'caution', word: `ends in ${formatSpan(expiresAt - now)}` };
  if (lastUsedAt === undefined) return { status: 'idle', word: 'never used' };
  return { status: 'good', word: `last used ${formatAgo(lastUsedAt, now)}` };
}

/** What to do when a device has several credentials; `undefined` where there is nothing to say. */
export function rotationAdvice(credentials: readonly Credential[], now: number): string | undefined {
  const counting = credentials.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  if (counting.length < 2) return undefined;
  const newestUse = Math.max(...counting.map(({ lastUsedAt = 0 }) => lastUsedAt));
  const isLeft = ({ createdAt, lastUsedAt }: Credential) => newestUse - (lastUsedAt ?? createdAt) > LEFT_MS;
  if (counting.some(isLeft)) {
    return 'One of them was not used for a week while another one was: the device has changed over, so that you can revoke the old one.';
  }
  return 'All of them count. Revoke the old one when its last use stays behind: the device uses the new one then.';
}

/** What is lost by revoking a credential. */
export function revokeWarning(credential: Credential, others: readonly Credential[], now: number): string {
  const remaining = others.filter(
    ({ id, expiresAt }) => id !== credential.id && (expiresAt === undefined || expiresAt > now),
  );
  const closes = 'Connections that use it close at once, and it cannot be taken back.';
  return remaining.length === 0
    ? `${closes} It is the last one of this device, which cannot sign in then, and what waits for it in the broker is deleted.`
    : `${closes} The device goes on with ${remaining.length === 1 ? 'the other one' : `the ${remaining.length} others`}.`;
}

/** A SHA-256 as people compare it: `AB:CD:…`. */
export function shownFingerprint(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':');
}

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export interface SendingDevice {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

const EXAMPLE = `'{"temperature": -18.4}'`;

/** The line that publishes by MQTT with a token, over TLS where there is a port for it. */
export function publishLine(
  broker: NonNullable<DeviceAddress['broker']>,
  host: string,
  { id, username, token }: SendingDevice,
): string {
  const { port, tlsPort } = broker;
  const address =
    tlsPort === undefined
      ? `-h ${shellWord(host)} -p ${port}`
      : `-h ${shellWord(host)} -p ${tlsPort} --tls-use-os-certs`;
  const who = `-i ${shellWord(id)} -u ${shellWord(username)} -P ${shellWord(token)}`;
  return `mosquitto_pub ${address} ${who} -q 1 -t ${shellWord(`devices/${id}/telemetry`)} -m ${EXAMPLE}`;
}

/** The line that sends by HTTP with a token; `origin` is the address of this server. */
export function ingestLine(origin: string, { id, token }: Pick<SendingDevice, 'id' | 'token'>): string {
  const address = shellWord(`${origin}/ingest/${encodeURIComponent(id)}`);
  return `curl ${address} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d ${EXAMPLE}`;
}

/** The line that publishes by MQTT with a certificate; its key is where the request was made. */
export function certificateLine(tlsPort: number, host: string, id: string, file: string): string {
  const files = `--cert ${shellWord(`${file}.pem`)} --key ${shellWord(`${file}.key`)}`;
  const address = `-h ${shellWord(host)} -p ${tlsPort} --tls-use-os-certs`;
  return `mosquitto_pub ${address} ${files} -i ${shellWord(id)} -q 1 -t ${shellWord(`devices/${id}/telemetry`)} -m ${EXAMPLE}`;
}

/** The lines that make a key and a request for it. */
export function requestLine(file: string): string {
  return `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${shellWord(`${file}.key`)} -out ${shellWord(`${file}.csr`)} -subj /CN=device`;
}

/** A name for the files of a device: letters, digits, dots and dashes. */
export function fileOf(id: string): string {
  const plain = id.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+/, '');
  return plain === '' ? 'device' : plain.slice(0, 80);
}

/** What is wrong with the text of a certificate request, as far as that shows from outside. */
export function requestProblem(text: string): string | undefined {
  if (text.trim() === '') return 'Paste the request, or choose its file.';
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return 'This has a private key in it, which stays where it was made. Paste the request alone: it begins with “BEGIN CERTIFICATE REQUEST”.';
  if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(text))
    return 'This is a certificate already. Paste the request: it begins with “BEGIN CERTIFICATE REQUEST”.';
  if (!/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(text))
    return 'This is no certificate request in PEM: such a one begins with “-----BEGIN CERTIFICATE REQUEST-----”.';
  return undefined;
}

/** What is wrong with the id of a device, as the server would say it. */
export function deviceIdProblem(id: string): string | undefined {
  if (id === '') return 'Write the id that the device sends under.';
  if (/[/+#\p{Cc}]/u.test(id)) return 'The id is a part of its topics, so it cannot have /, + or # in it.';
  return id.length > 128 ? 'The id has 128 characters at most.' : undefined;
}
