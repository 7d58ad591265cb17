import { webcrypto } from 'node:crypto';
import type { TestingPem } from '../server/credentials/testingTls.ts';

/** A CA of a test, and what it gives out. PEM. */
export interface TestingAuthority {
  readonly ca: string;
  /** A certificate for these names; `days` from now on, below 0 it has ended. */
  issue(names: readonly string[], days?: number): Promise<TestingPem>;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

async function x509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A private CA, as a plant has one. */
export async function makeAuthority(name = 'Plant CA', days = 10): Promise<TestingAuthority> {
  const lib = await x509();
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const authority = await lib.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${name}`,
      ...validity(days),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [new lib.BasicConstraintsExtension(true, undefined, true)],
    },
    webcrypto,
  );
  let serial = 1;
  return {
    ca: authority.toString('pem'),
    issue: async (names, daysOfIt = 10) => {
      const own = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
      const certificate = await lib.X509CertificateGenerator.create(
        {
          serialNumber: String(++serial).padStart(2, '0'),
          subject: `CN=${names[0] ?? 'nobody'}`,
          issuer: authority.subjectName,
          ...validity(daysOfIt),
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: SIGNATURE,
          extensions: [
            new lib.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
          ],
        },
        webcrypto,
      );
      const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
      return {
        cert: certificate.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

function validity(days: number) {
  const now = Date.now();
  return { notBefore: new Date(now - 20 * DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}
