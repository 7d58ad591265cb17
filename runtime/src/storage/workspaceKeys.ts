import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';
import { resealed } from './reseal.ts';
import type { SecretBox } from './secrets.ts';
import {
  createSecretBox,
  decrypt,
  encrypt,
  KEY_BYTES,
  notOpenable,
  readKeyFile,
  readMasterKey,
  writeMasterKey,
} from './secrets.ts';

/** How many keys were made, and how many secrets were sealed anew. */
export interface Rotated {
  readonly workspaces: number;
  readonly secrets: number;
}

/**
 * Seals secrets with the key of a workspace, which is itself wrapped by the master key; used as a box itself, with a key
 * of the server's own. What was sealed by `createSecretBox` before opens, too.
 */
export interface Keyring extends SecretBox {
  of(workspace: string): SecretBox;
  /** New keys for all, and every secret sealed anew, all or nothing. What is open goes on. */
  rotate(): Rotated;
  /** The same, with another master key: worth something once that is in the master key file. */
  rotateMaster(masterKey: Uint8Array): Rotated;
}

export interface KeyringOptions {
  readonly database: Database;
  readonly masterKey: Uint8Array;
  /** ms since the epoch. */
  now(): number;
}

/** The name under which the server has a key for what belongs to no workspace. */
const SERVER = '';

interface Key {
  readonly id: string;
  readonly workspace: string;
  readonly key: Uint8Array;
}

/** Opens the keys of all workspaces. Throws `internal` for keys that the master key does not open. */
export function createKeyring({ database, masterKey, now }: KeyringOptions): Keyring {
  const insert = database.prepare('INSERT INTO workspace_keys VALUES (?, ?, ?, ?, 1)');
  const all = database.prepare('SELECT * FROM workspace_keys');
  const isStored = database.prepare('SELECT 1 FROM workspace_keys WHERE id = ?');
  let master = masterKey;
  let legacy = createSecretBox(master);
  let keys = read();

  function read() {
    const byId = new Map<string, Key>();
    const current = new Map<string, Key>();
    for (const row of all.all()) {
      const key = unwrap(master, row);
      byId.set(key.id, key);
      if (numberOf(row, 'is_current') === 1) current.set(key.workspace, key);
    }
    return { byId, current };
  }

  function make(workspace: string, wrapping: Uint8Array): Key {
    const key = { id: randomUUID(), workspace, key: randomBytes(KEY_BYTES) };
    const wrapped = encrypt(wrapping, key.key, wrapContext(key)).toString('base64');
    insert.run(key.id, workspace, wrapped, now());
    return key;
  }

  function currentOf(workspace: string): Key {
    const known = keys.current.get(workspace);
    // It may have been made in a transaction that came to nothing.
    if (known !== undefined && isStored.get(known.id) !== undefined) return known;
    const made = make(workspace, master);
    keys.byId.set(made.id, made);
    keys.current.set(workspace, made);
    return made;
  }

  function openText(sealed: string, context: string): string {
    if (!sealed.startsWith('2.')) return legacy.open(sealed, context);
    const { keyId = '', body = '', sealedFor } = partsOf(sealed);
    const key = keys.byId.get(keyId);
    try {
      if (key === undefined || sealedFor !== context)
        throw new Error(`sealed with ${keyId} for another place`);
      return decrypt(key.key, Buffer.from(body, 'base64url'), context).toString('utf8');
    } catch (cause) {
      throw notOpenable(cause);
    }
  }

  function boxOf(workspace: string): SecretBox {
    return { seal: (text, context) => sealWith(currentOf(workspace), text, context), open: openText };
  }

  function rotateTo(nextMaster: Uint8Array): Rotated {
    const rotated = database.transaction(() => {
      // What was deleted is overwritten: an old key opens nothing that a disk still has.
      database.prepare('PRAGMA secure_delete = ON').get();
      database.prepare('UPDATE workspace_keys SET is_current = 0').run();
      const fresh = new Map(
        [...keys.current.keys()].map((workspace) => [workspace, make(workspace, nextMaster)]),
      );
      const freshOf = (workspace: string): Key => {
        const made = fresh.get(workspace) ?? make(workspace, nextMaster);
        fresh.set(workspace, made);
        return made;
      };
      const secrets = resealed(database, {
        sealed: (text) => {
          const { keyId = '', sealedFor = '' } = partsOf(text);
          const old = keys.byId.get(keyId);
          return old === undefined
            ? undefined
            : sealWith(freshOf(old.workspace), openText(text, sealedFor), sealedFor);
        },
        legacy: (text, workspace, context) =>
          sealWith(freshOf(workspace), legacy.open(text, context), context),
      });
      database.prepare('DELETE FROM workspace_keys WHERE is_current = 0').run();
      setFingerprint(database, nextMaster);
      return { workspaces: [...fresh.keys()].filter((workspace) => workspace !== SERVER).length, secrets };
    });
    master = nextMaster;
    legacy = createSecretBox(master);
    keys = read();
    return rotated;
  }

  return {
    ...boxOf(SERVER),
    of: boxOf,
    rotate: () => rotateTo(master),
    rotateMaster: rotateTo,
  };
}

function unwrap(master: Uint8Array, row: Row): Key {
  const ids = { id: textOf(row, 'id'), workspace: textOf(row, 'workspace') };
  try {
    const key = decrypt(master, Buffer.from(textOf(row, 'wrapped'), 'base64'), wrapContext(ids));
    return { ...ids, key };
  } catch (cause) {
    throw notOpenable(cause);
  }
}

function wrapContext({ id, workspace }: Pick<Key, 'id' | 'workspace'>): string {
  return JSON.stringify(['workspace-key', id, workspace]);
}

/** `2.`, the key's id, what it is sealed for, and nonce ‖ tag ‖ text; the last two in base64url. */
function sealWith({ id, key }: Key, text: string, context: string): string {
  const body = encrypt(key, Buffer.from(text), context).toString('base64url');
  return `2.${id}.${Buffer.from(context).toString('base64url')}.${body}`;
}

function partsOf(sealed: string): { keyId?: string; sealedFor?: string; body?: string } {
  const [, keyId, context, body] = sealed.split('.');
  if (keyId === undefined || context === undefined || body === undefined) return {};
  return { keyId, body, sealedFor: Buffer.from(context, 'base64url').toString('utf8') };
}

/** What tells whether a master key is the one of this database, and tells nothing about it. */
function fingerprintOf(masterKey: Uint8Array): string {
  return createHmac('sha256', masterKey).update('sluice master key').digest('hex');
}

function setFingerprint(database: Database, masterKey: Uint8Array): void {
  database.prepare('INSERT OR REPLACE INTO master_key VALUES (1, ?)').run(fingerprintOf(masterKey));
}

/** Where a new master key is kept until all is sealed with it. */
function nextOf(file: string): string {
  return `${file}.next`;
}

/**
 * Opens the keyring with the key in a file, which is made where there is none. A rotation of the master key that was
 * cut short is finished, or undone where nothing was sealed yet. Throws `wrong-argument` for a file with another key.
 */
export function openKeyring(database: Database, file: string, now: () => number): Keyring {
  const known = database.prepare('SELECT fingerprint FROM master_key').get()?.fingerprint;
  const next = nextOf(file);
  if (existsSync(next)) {
    if (known === fingerprintOf(readKeyFile(next))) renameSync(next, file);
    else rmSync(next);
  }
  const masterKey = readMasterKey(file);
  if (known === undefined) setFingerprint(database, masterKey);
  else if (known !== fingerprintOf(masterKey)) throw otherKey(file);
  return createKeyring({ database, masterKey, now });
}

/** Seals all with a new master key and puts that in the file. Whenever it is cut short, the next start can go on. */
export function rotateMasterKey(
  database: Database,
  file: string,
  newKey: Uint8Array,
  now: () => number,
): Rotated {
  const keyring = openKeyring(database, file, now);
  writeMasterKey(nextOf(file), newKey);
  const rotated = keyring.rotateMaster(newKey);
  renameSync(nextOf(file), file);
  return rotated;
}

function otherKey(file: string): SluiceError {
  return new SluiceError(
    'wrong-argument',
    `The master key file ${file} holds another key than the one that the secrets in this data folder are sealed with. Put the right file there, or name it with SLUICE_MASTER_KEY_FILE.`,
  );
}
