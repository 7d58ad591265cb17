import { webcrypto } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Certificate and key of a test, PEM. */
export interface TestingPem {
  readonly cert: string;
  readonly key: string;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

async function x509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A certificate of loopback that has signed itself. */
export async function makeServerPem(name = 'localhost'): Promise<TestingPem> {
  const lib = await x509();
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await lib.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new lib.BasicConstraintsExtension(true, undefined, true),
        new lib.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto,
  );
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** The same in two files. */
export async function makeServerFiles() {
  const pem = await makeServerPem();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, pem.cert);
  writeFileSync(files.key, pem.key);
  return { pem, files };
}

/** A key of a device and a certificate request (PKCS #10) that asks for another name than it should have. */
export async function makeRequest(subject = 'CN=somebody else') {
  const lib = await x509();
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const request = await lib.Pkcs10CertificateRequestGenerator.create(
    { name: subject, keys, signingAlgorithm: SIGNATURE },
    webcrypto,
  );
  return { request: request.toString('pem'), key: await pemOf(keys.privateKey) };
}

async function pemOf(key: CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${bytes}\n-----END PRIVATE KEY-----\n`;
}
