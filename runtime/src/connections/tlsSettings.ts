import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';

const textSchema = z.string().trim().default('');
const configSchema = z.object({ ca: textSchema, certificate: textSchema, serverName: textSchema });

/** By what a connection trusts the other side and shows who it is: options of `tls.connect`. PEM. */
export interface TlsSettings {
  /** The only CAs that are trusted; without it those that the system trusts. */
  readonly ca?: string;
  /** With those in between up to the CA, where there are some. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificate of the other side has to be for, in place of that in the address. */
  readonly servername?: string;
}

type Config = Readonly<Record<string, unknown>>;
type Secrets = Readonly<Record<string, string>>;

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** PKCS #8 (RFC 5958), and what OpenSSL wrote before. */
const LOCKED_KEY = /-----BEGIN ENCRYPTED|^Proc-Type: .*ENCRYPTED/m;

/**
 * Reads `ca`, `certificate` and `serverName` of the settings of a connection, and `privateKey` of its secrets. `hasTls`: it
 * speaks TLS. Throws a `SluiceError` whose sentence names the connection and says what is wrong with which of them.
 */
export function readTlsSettings(
  name: string,
  config: Config,
  secrets: Secrets,
  hasTls: boolean,
): TlsSettings {
  const wrong = wrongOf(name);
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw wrong('has a CA, a certificate or a server name that is no text');
  const { ca, certificate, serverName } = parsed.data;
  const privateKey = (secrets['privateKey'] ?? '').trim();
  if (!hasTls && [ca, certificate, serverName, privateKey].some((text) => text !== '')) {
    throw wrong(
      'has settings for TLS, and an address without it. Write one that begins with mqtts://, wss:// or https://, or take those settings out',
    );
  }
  if (ca !== '') certificatesIn(ca, 'CA', wrong);
  if (serverName !== '' && (isIP(serverName) !== 0 || !/^[\w.-]{1,253}$/.test(serverName))) {
    throw wrong(
      `has “${serverName}” as its server name, which is none. Write one such as broker.example.com`,
    );
  }
  return {
    ...(ca !== '' && { ca }),
    ...(serverName !== '' && { servername: serverName }),
    ...readOwn(certificate, privateKey, wrong),
  };
}

type Wrong = (what: string, cause?: unknown) => SluiceError;

function wrongOf(name: string): Wrong {
  return (what, cause) => new SluiceError('invalid-input', `The connection “${name}” ${what}.`, { cause });
}

/** The client certificate and its key: both or none, and they have to fit. */
function readOwn(certificate: string, privateKey: string, wrong: Wrong): Pick<TlsSettings, 'cert' | 'key'> {
  if (certificate === '' && privateKey === '') return {};
  if (certificate === '') throw wrong('has a private key, and no client certificate that it belongs to');
  const [own] = certificatesIn(certificate, 'client certificate', wrong);
  if (privateKey === '') throw wrong('has a client certificate, and not its private key. Write both');
  if (own?.checkPrivateKey(keyIn(privateKey, wrong)) !== true) {
    throw wrong(
      'has a private key that is not the one of its client certificate. Take both from the same place',
    );
  }
  return { cert: certificate, key: privateKey };
}

/** All certificates of a text in PEM, at least one. */
function certificatesIn(text: string, what: string, wrong: Wrong): X509Certificate[] {
  if (PRIVATE_KEY.test(text)) {
    throw wrong(
      `has a private key in its ${what}, where it would be shown. Write it where the private key goes`,
    );
  }
  const found = text.match(CERTIFICATES) ?? [];
  if (found.length === 0) {
    throw wrong(
      `has no certificate in PEM as its ${what}. Such a text begins with “-----BEGIN CERTIFICATE-----”`,
    );
  }
  return found.map((one) => {
    try {
      return new X509Certificate(one);
    } catch (cause) {
      throw wrong(
        `has a ${what} that is damaged: it is PEM, and no certificate. Copy it again, whole`,
        cause,
      );
    }
  });
}

function keyIn(text: string, wrong: Wrong): KeyObject {
  if (!PRIVATE_KEY.test(text)) {
    throw wrong('has no private key in PEM. Such a text begins with “-----BEGIN PRIVATE KEY-----”');
  }
  if (LOCKED_KEY.test(text)) {
    throw wrong(
      'has a private key that is locked with a passphrase. Unlock it with: openssl pkey -in locked.key -out open.key',
    );
  }
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw wrong('has a private key that is damaged. Copy it again, whole', cause);
  }
}

/**
 * Throws where a certificate of the settings has ended or does not count yet; `now` in ms since the epoch. For when they
 * are written: a certificate that ends later is told by the other side.
 */
export function checkTlsDates(name: string, config: Config, now: number): void {
  const wrong = wrongOf(name);
  const { ca = '', certificate = '' } = configSchema.partial().catch({}).parse(config);
  if (certificate !== '') {
    const [own] = certificatesIn(certificate, 'client certificate', wrong);
    const problem = own === undefined ? undefined : dateProblem(own, now);
    if (problem !== undefined) throw wrong(`has a client certificate that ${problem}`);
  }
  if (ca === '') return;
  const problems = certificatesIn(ca, 'CA', wrong).map((one) => dateProblem(one, now));
  // One that counts is enough: the others may be those from before a renewal.
  if (problems[0] !== undefined && !problems.includes(undefined)) throw wrong(`has a CA that ${problems[0]}`);
}

function dateProblem({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  if (Date.parse(validTo) <= now) return `ended on ${dayOf(validTo)}. Renew it`;
  if (Date.parse(validFrom) > now) return `counts from ${dayOf(validFrom)} on only`;
  return undefined;
}

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** What goes wrong with TLS, by the code that Node or OpenSSL gives it, as reasons for a person. */
const TLS_FAILURES: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is of a CA that is not trusted here; write that CA in the connection',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is of a CA that is not trusted here; write that CA in the connection',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is of a CA that is not trusted here; write that CA in the connection',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate has signed itself; write it as the CA of the connection to trust it',
  CERT_HAS_EXPIRED: 'its certificate has ended',
  CERT_NOT_YET_VALID: 'its certificate does not count yet; is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name than the address has; write the name it is for as the server name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a client certificate, and the connection has none',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'it breaks off the handshake; it may ask for a client certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the CA of the client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client certificate has ended; renew it',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept the client certificate',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks no TLS 1.2 or later',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is the port right?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there; is the port right?',
};

/** Why TLS failed, in words; `undefined` for what is no failure of TLS. */
export function tlsFailure(error: Error & { readonly code?: unknown }): string | undefined {
  return typeof error.code === 'string' ? TLS_FAILURES[error.code] : undefined;
}
