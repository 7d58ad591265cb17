import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { Log } from './http/problem.ts';

/** Certificate and key of the server, PEM. */
interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
}

/** The files with the certificate of the server, read again when they change. */
export interface TlsFiles {
  readonly current: Pem;
  onChanged(listener: (pem: Pem) => void): () => void;
  /** May be called twice. */
  stop(): void;
}

const LOOK_EVERY_MS = 10_000;

/**
 * Reads certificate and key. Throws `wrong-argument` for files that cannot be read or do not belong together. Later ones
 * that are no good are left aside, which the log says once: the server goes on with what it has.
 */
export function openTlsFiles(paths: TlsPaths, time: RunnerTime, log: Log): TlsFiles {
  const listeners = new Set<(pem: Pem) => void>();
  let current = readPem(paths);
  let complaint = '';

  function look(): void {
    try {
      const next = readPem(paths);
      complaint = '';
      if (next.cert === current.cert && next.key === current.key) return;
      current = next;
      for (const listener of listeners) listener(next);
      log('note', `The certificate in ${paths.cert} changed, and is used for what connects from now on.`);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (sentence !== complaint) log('error', `${sentence} The certificate from before stays in use.`);
      complaint = sentence;
    }
  }

  const stop = every(time, LOOK_EVERY_MS, look);
  return {
    get current() {
      return current;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop,
  };
}

function readPem(paths: TlsPaths): Pem {
  const pem = {
    cert: textOf(paths.cert, 'SLUICE_TLS_CERT'),
    key: textOf(paths.key, 'SLUICE_TLS_KEY'),
  };
  const certificate = parsed(() => new X509Certificate(pem.cert), paths.cert, 'a certificate');
  const key = parsed(() => createPrivateKey(pem.key), paths.key, 'a key without a passphrase');
  if (!certificate.checkPrivateKey(key)) {
    throw new SluiceError(
      'wrong-argument',
      `The key in ${paths.key} is not the one of the certificate in ${paths.cert}. Set SLUICE_TLS_CERT and SLUICE_TLS_KEY to files that belong together.`,
    );
  }
  return pem;
}

function textOf(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('wrong-argument', `The file ${file} of ${setting} cannot be read: ${reason}.`, {
      cause,
    });
  }
}

function parsed<T>(parse: () => T, file: string, what: string): T {
  try {
    return parse();
  } catch (cause) {
    throw new SluiceError('wrong-argument', `The file ${file} does not hold ${what} in PEM.`, { cause });
  }
}
