import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { CredentialStore, StoredAuthority } from '../../storage/credentials.ts';
import type { SecretBox } from '../../storage/secrets.ts';

/** A certificate for a device, and the one of the CA that has signed it; both PEM. */
export interface Signed {
  readonly certificate: string;
  readonly authority: string;
  readonly serial: string;
  /** SHA-256 of the certificate as DER, hex. */
  readonly fingerprint: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** The certificate authorities of all workspaces: each has one of its own, made when it is first asked for. */
export interface Authorities {
  /**
   * Signs the key of a certificate request (PKCS #10, PEM, RFC 2986) for a device. Of the request only the key is taken;
   * whose it is says the server. Throws `invalid-input` for a request that is none, or is not signed by its own key.
   */
  sign(workspace: string, device: string, request: string, days: number): Promise<Signed>;
  /** The certificates that count, the newest first, PEM; and when the newest ends. */
  certificates(workspace: string): Promise<{ readonly certificates: string[]; readonly expiresAt: number }>;
}

export interface AuthoritiesOptions {
  readonly store: Pick<CredentialStore, 'authorities' | 'addAuthority'>;
  /** The box of a workspace. */
  boxOf(workspace: string): SecretBox;
  now(): number;
  newId(): string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** A new one is made so long before the end of the last, and both count meanwhile. */
const RENEW_MS = 30 * DAY_MS;
/** Clocks of devices are not exact. */
const CLOCK_SKEW_MS = 300_000;
const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

export function createAuthorities(options: AuthoritiesOptions): Authorities {
  const { store, now } = options;
  const making = new Map<string, Promise<StoredAuthority>>();

  async function current(workspace: string): Promise<StoredAuthority> {
    const [newest] = store.authorities(workspace);
    if (newest !== undefined && newest.expiresAt - now() > RENEW_MS) return newest;
    // Two that ask at once get the same one.
    const made = making.get(workspace) ?? make(options, workspace).finally(() => making.delete(workspace));
    making.set(workspace, made);
    return made;
  }

  return {
    async sign(workspace, device, request, days) {
      const authority = await current(workspace);
      return signRequest(options, { workspace, device, request, days, authority });
    },
    async certificates(workspace) {
      const { expiresAt } = await current(workspace);
      const valid = store.authorities(workspace).filter((authority) => authority.expiresAt > now());
      return { certificates: valid.map(({ certificate }) => certificate), expiresAt };
    },
  };
}

/** Loaded when it is first needed: most servers sign nothing. */
async function x509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

async function make(options: AuthoritiesOptions, workspace: string): Promise<StoredAuthority> {
  const lib = await x509();
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const createdAt = options.now();
  const expiresAt = wholeSecond(createdAt + AUTHORITY_DAYS * DAY_MS);
  const certificate = await lib.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: [{ CN: [`Sluice CA of ${workspace}`] }, { O: [workspace] }],
      notBefore: new Date(createdAt - CLOCK_SKEW_MS),
      notAfter: new Date(expiresAt),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new lib.BasicConstraintsExtension(true, 0, true),
        new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign | lib.KeyUsageFlags.cRLSign, true),
        await lib.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  const id = options.newId();
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const sealedKey = options.boxOf(workspace).seal(key, contextOf(workspace, id));
  const authority = { id, certificate: certificate.toString('pem'), sealedKey, createdAt, expiresAt };
  options.store.addAuthority(workspace, authority);
  return authority;
}

interface Signing {
  readonly workspace: string;
  readonly device: string;
  readonly request: string;
  readonly days: number;
  readonly authority: StoredAuthority;
}

async function signRequest(options: AuthoritiesOptions, signing: Signing): Promise<Signed> {
  const { workspace, device, days, authority } = signing;
  const lib = await x509();
  const request = await readRequest(lib, signing.request);
  const issuer = new lib.X509Certificate(authority.certificate);
  const sealed = options.boxOf(workspace).open(authority.sealedKey, contextOf(workspace, authority.id));
  const signingKey = await webcrypto.subtle.importKey('pkcs8', Buffer.from(sealed, 'base64'), KEY, false, [
    'sign',
  ]);
  const now = options.now();
  // Nothing outlasts the CA that has signed it.
  const expiresAt = wholeSecond(Math.min(now + days * DAY_MS, authority.expiresAt));
  const serial = newSerial();
  const certificate = await lib.X509CertificateGenerator.create(
    {
      serialNumber: serial,
      subject: [{ CN: [device] }, { O: [workspace] }],
      issuer: issuer.subjectName,
      notBefore: new Date(now - CLOCK_SKEW_MS),
      notAfter: new Date(expiresAt),
      publicKey: request.publicKey,
      signingKey,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new lib.BasicConstraintsExtension(false, undefined, true),
        new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
        new lib.ExtendedKeyUsageExtension([lib.ExtendedKeyUsage.clientAuth]),
        await lib.AuthorityKeyIdentifierExtension.create(issuer),
      ],
    },
    webcrypto,
  );
  const fingerprint = createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex');
  return {
    certificate: certificate.toString('pem'),
    authority: authority.certificate,
    serial: certificate.serialNumber,
    fingerprint,
    expiresAt,
  };
}

async function readRequest(lib: Awaited<ReturnType<typeof x509>>, text: string) {
  const wrong = (what: string, cause?: unknown): SluiceError =>
    new SluiceError(
      'invalid-input',
      `The certificate request ${what}. Make one with: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key -out device.csr -subj /CN=device`,
      { cause },
    );
  let isSignedByItself: boolean;
  let request: InstanceType<typeof lib.Pkcs10CertificateRequest>;
  try {
    request = new lib.Pkcs10CertificateRequest(text);
    isSignedByItself = await request.verify(webcrypto);
  } catch (cause) {
    throw wrong('is not one (PKCS #10, PEM)', cause);
  }
  if (!isSignedByItself) throw wrong('is not signed by its own key, so nobody knows whose it is');
  if (!isStrong(request.publicKey.algorithm)) {
    throw wrong('has a key that is too weak: ECDSA, Ed25519, or RSA with 2048 bits at least is needed');
  }
  return request;
}

function isStrong(algorithm: { readonly name: string; readonly modulusLength?: unknown }): boolean {
  if (!algorithm.name.startsWith('RSA')) return ['ECDSA', 'Ed25519', 'EdDSA'].includes(algorithm.name);
  return typeof algorithm.modulusLength === 'number' && algorithm.modulusLength >= 2_048;
}

/** 16 random bytes as a positive number (RFC 5280, section 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** Times in certificates have no parts of seconds. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

function contextOf(workspace: string, id: string): string {
  return JSON.stringify([workspace, 'authority', id]);
}
