import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, sign } from 'node:crypto';

// Certificates and requests as a device or a server has them, without any tool or library: X.509 (RFC 5280) and
// PKCS #10 (RFC 2986), in DER (ITU-T X.690), signed with ECDSA over P-256.

/** PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}
export interface RequestAndKey {
  readonly request: string;
  readonly key: string;
}

const YEAR_MS = 366 * 86_400_000;

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;
/** Of a field that is told by its number: `[0]`. */
const field = (number: number) => 0xa0 + number;

/** One value: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const bytes = (...values: readonly number[]) => Buffer.from(values);
/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 (RFC 5758). */
const SIGNATURE = der(TAG.sequence, der(TAG.oid, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
/** 2.5.4.3, 2.5.29.19 and 2.5.29.17. */
const COMMON_NAME = der(TAG.oid, bytes(0x55, 0x04, 0x03));
const BASIC_CONSTRAINTS = der(TAG.oid, bytes(0x55, 0x1d, 0x13));
const OTHER_NAMES = der(TAG.oid, bytes(0x55, 0x1d, 0x11));

function nameOf(name: string): Buffer {
  const part = der(TAG.sequence, COMMON_NAME, der(TAG.utf8, Buffer.from(name)));
  return der(TAG.sequence, der(TAG.set, part));
}

/** `260102030405Z`, which means 2026. */
function timeOf(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\..*$/g, '');
  return der(TAG.time, Buffer.from(`${text.slice(2)}Z`));
}

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { spki: publicKey.export({ type: 'spki', format: 'der' }), privateKey };
}

function signed(content: Buffer, key: KeyObject): Buffer {
  return der(TAG.sequence, content, SIGNATURE, der(TAG.bits, bytes(0), sign('sha256', content, key)));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const keyPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' });

/** A certificate of 127.0.0.1 and localhost that has signed itself; good for a year. */
export function makeServerCertificate(now: number): CertificateAndKey {
  const { spki, privateKey } = newKey();
  const names = der(TAG.sequence, der(0x82, Buffer.from('localhost')), der(0x87, bytes(127, 0, 0, 1)));
  const isAuthority = der(TAG.sequence, der(TAG.boolean, bytes(0xff)));
  const extensions = der(
    TAG.sequence,
    der(TAG.sequence, BASIC_CONSTRAINTS, der(TAG.boolean, bytes(0xff)), der(TAG.octets, isAuthority)),
    der(TAG.sequence, OTHER_NAMES, der(TAG.octets, names)),
  );
  const content = der(
    TAG.sequence,
    der(field(0), der(TAG.integer, bytes(2))),
    der(TAG.integer, bytes(1)),
    SIGNATURE,
    nameOf('localhost'),
    der(TAG.sequence, timeOf(now - 60_000), timeOf(now + YEAR_MS)),
    nameOf('localhost'),
    spki,
    der(field(3), extensions),
  );
  return { cert: pem('CERTIFICATE', signed(content, privateKey)), key: keyPem(privateKey) };
}

/** A request for a certificate, and the key that it is for. */
export function makeRequest(name: string): RequestAndKey {
  const { spki, privateKey } = newKey();
  const content = der(TAG.sequence, der(TAG.integer, bytes(0)), nameOf(name), spki, der(field(0)));
  return { request: pem('CERTIFICATE REQUEST', signed(content, privateKey)), key: keyPem(privateKey) };
}
