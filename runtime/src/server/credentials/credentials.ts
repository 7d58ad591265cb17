import { createHash, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import type { CredentialStore } from '../../storage/credentials.ts';
import type { SecretBox } from '../../storage/secrets.ts';
import type { Log } from '../http/problem.ts';
import type { Authorities, Signed } from './authority.ts';
import { createAuthorities } from './authority.ts';

/** Whose credential was shown. */
export interface SignedInDevice {
  readonly workspace: string;
  readonly device: string;
  readonly credential: string;
  readonly expiresAt: number | undefined;
}

/** A credential does not count any more. `isLast`: the device has no other by which it could sign in. */
interface Revoked {
  readonly workspace: string;
  readonly device: string;
  readonly credential: string;
  readonly isLast: boolean;
}

/** By what the devices of all workspaces sign in. Several credentials of a device count at once, until each is revoked. */
export interface Credentials {
  list(workspace: string, device: string): Credential[];
  /** The text of the token is known only now. */
  createToken(
    workspace: string,
    device: string,
    who: string,
  ): Credential & { readonly token: string; readonly username: string };
  /** Throws `invalid-input` for a request that is none. */
  prepareCertificate(workspace: string, device: string, request: string, days: number): Promise<Signed>;
  addCertificate(workspace: string, device: string, who: string, signed: Signed): Credential;
  /**
   * It counts no more from now on; gives what closes the connections that use it, to be called when that is on disk.
   * Throws `not-found`.
   */
  revoke(workspace: string, device: string, id: string): () => void;
  readonly authorities: Pick<Authorities, 'certificates'>;
  /** Whose token it is; `undefined` for one that does not count. Notes the use. */
  byToken(token: string): SignedInDevice | undefined;
  /** The same by the SHA-256 of a certificate, hex. */
  byCertificate(fingerprint: string): SignedInDevice | undefined;
  onRevoked(listener: (revoked: Revoked) => void): () => void;
  /** Writes what is left; may be called twice. */
  stop(): void;
}

export interface CredentialsOptions {
  readonly store: CredentialStore;
  boxOf(workspace: string): SecretBox;
  readonly time: RunnerTime;
  newId(): string;
  readonly log: Log;
}

/** When each was last used is written together, so that signing in writes nothing. */
const SAVE_USES_MS = 30_000;

export function createCredentials(options: CredentialsOptions): Credentials {
  const { store, time, newId } = options;
  const authorities = createAuthorities({ ...options, now: () => time.now() });
  const listeners = new Set<(revoked: Revoked) => void>();
  let uses = new Map<string, number>();

  function saveUses(): void {
    if (uses.size === 0) return;
    const written = uses;
    uses = new Map();
    try {
      store.noteUses(written);
    } catch (error) {
      uses = new Map([...written, ...uses]);
      options.log('error', `When devices last signed in could not be stored: ${String(error)}`);
    }
  }

  function known(hash: string, kind: Credential['kind']): SignedInDevice | undefined {
    const found = store.find(hash);
    if (found === undefined || found.credential.kind !== kind) return undefined;
    const { id, device, expiresAt } = found.credential;
    if (expiresAt !== undefined && expiresAt <= time.now()) return undefined;
    uses.set(id, time.now());
    return { workspace: found.workspace, device, credential: id, expiresAt };
  }

  function withUse(credential: Credential): Credential {
    const lastUsedAt = uses.get(credential.id) ?? credential.lastUsedAt;
    return lastUsedAt === undefined ? credential : { ...credential, lastUsedAt };
  }

  const stop = every(time, SAVE_USES_MS, saveUses);
  return {
    list: (workspace, device) => store.list(workspace, device).map(withUse),
    createToken(workspace, device, who) {
      const token = randomBytes(32).toString('base64url');
      const credential: Credential = {
        id: newId(),
        device,
        kind: 'token',
        createdAt: time.now(),
        createdBy: who,
      };
      store.add({ credential, workspace, hash: hashOf(token) });
      return { ...credential, token, username: usernameOf(workspace, device) };
    },
    prepareCertificate: (workspace, device, request, days) =>
      authorities.sign(workspace, device, request, days),
    addCertificate(workspace, device, who, { serial, fingerprint, expiresAt }) {
      const credential: Credential = {
        id: newId(),
        device,
        kind: 'certificate',
        createdAt: time.now(),
        createdBy: who,
        expiresAt,
        serial,
        fingerprint,
      };
      store.add({ credential, workspace, hash: fingerprint });
      return credential;
    },
    revoke(workspace, device, id) {
      if (store.get(workspace, device, id) === undefined) {
        throw new SluiceError('not-found', `The device “${device}” has no credential “${id}”.`);
      }
      store.remove(workspace, id);
      uses.delete(id);
      const now = time.now();
      const isLast = store
        .list(workspace, device)
        .every(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
      return () => {
        for (const listener of listeners) listener({ workspace, device, credential: id, isLast });
      };
    },
    authorities,
    byToken: (token) => known(hashOf(token), 'token'),
    byCertificate: (fingerprint) => known(fingerprint, 'certificate'),
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      stop();
      saveUses();
    },
  };
}

/** Tokens are random, so a plain hash is enough; what is on disk opens nothing. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The user name of a device at the broker. */
export function usernameOf(workspace: string, device: string): string {
  return `${workspace}/${device}`;
}
