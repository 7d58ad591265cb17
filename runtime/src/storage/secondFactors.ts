import type { Database } from './database.ts';
import { numberOf, textOf } from './database.ts';
import type { SecretBox } from './secrets.ts';

/** An authenticator of an account. */
interface StoredSecondFactor {
  /** Base32. */
  readonly secret: string;
  /** A code of it was confirmed: it is asked for. */
  readonly isConfirmed: boolean;
  /** The step of the last code that was taken (RFC 6238, section 5.2): it and those before it count no more. */
  readonly lastStep: number;
}

/** Second factors of accounts; their secrets are sealed, recovery codes are hashes. */
export interface SecondFactorStore {
  get(user: string): StoredSecondFactor | undefined;
  isAsked(user: string): boolean;
  /** A new one that waits for its first code. */
  begin(user: string, secret: string): void;
  /** True when the step is later than the last one that was taken: then it is taken. */
  useStep(user: string, step: number): boolean;
  confirm(user: string, at: number, codeHashes: readonly string[]): void;
  /** These recovery codes in place of all others. */
  replaceRecoveryCodes(user: string, codeHashes: readonly string[]): void;
  /** True when there was such a recovery code: then it is gone. */
  useRecoveryCode(user: string, codeHash: string): boolean;
  /** How many recovery codes were not used yet. */
  codesLeft(user: string): number;
  remove(user: string): void;
}

export function createSecondFactorStore(database: Database, secrets: SecretBox): SecondFactorStore {
  const get = database.prepare('SELECT * FROM second_factors WHERE user = ?');
  const asked = database.prepare('SELECT 1 FROM second_factors WHERE user = ? AND confirmed_at IS NOT NULL');
  const begin = database.prepare('INSERT OR REPLACE INTO second_factors VALUES (?, ?, NULL, 0)');
  const step = database.prepare(
    'UPDATE second_factors SET last_step = ?2 WHERE user = ?1 AND last_step < ?2',
  );
  const confirm = database.prepare('UPDATE second_factors SET confirmed_at = ? WHERE user = ?');
  const addCode = database.prepare('INSERT INTO recovery_codes VALUES (?, ?)');
  const removeCodes = database.prepare('DELETE FROM recovery_codes WHERE user = ?');
  const useCode = database.prepare('DELETE FROM recovery_codes WHERE user = ? AND code_hash = ?');
  const countCodes = database.prepare('SELECT count(*) AS count FROM recovery_codes WHERE user = ?');
  const remove = database.prepare('DELETE FROM second_factors WHERE user = ?');
  return {
    get(user) {
      const row = get.get(user);
      if (row === undefined) return undefined;
      return {
        secret: secrets.open(textOf(row, 'secret'), contextOf(user)),
        isConfirmed: row['confirmed_at'] !== null,
        lastStep: numberOf(row, 'last_step'),
      };
    },
    isAsked: (user) => asked.get(user) !== undefined,
    begin: (user, secret) => void begin.run(user, secrets.seal(secret, contextOf(user))),
    useStep: (user, taken) => step.run(user, taken) === 1,
    confirm(user, at, codeHashes) {
      database.transaction(() => {
        confirm.run(at, user);
        for (const hash of codeHashes) addCode.run(user, hash);
      });
    },
    replaceRecoveryCodes(user, codeHashes) {
      database.transaction(() => {
        removeCodes.run(user);
        for (const hash of codeHashes) addCode.run(user, hash);
      });
    },
    useRecoveryCode: (user, codeHash) => useCode.run(user, codeHash) === 1,
    codesLeft(user) {
      const row = countCodes.get(user);
      return row === undefined ? 0 : numberOf(row, 'count');
    },
    remove: (user) => void remove.run(user),
  };
}

function contextOf(user: string): string {
  return `second-factor/${user}`;
}
