import type { Database } from './database.ts';
import { textOf } from './database.ts';

/** Which account somebody of an OIDC provider is. The subject stays theirs, whatever becomes of their e-mail. */
export interface OutsideIdentityStore {
  find(issuer: string, subject: string): string | undefined;
  add(issuer: string, subject: string, user: string): void;
}

export function createOutsideIdentityStore(database: Database): OutsideIdentityStore {
  const find = database.prepare('SELECT user FROM outside_identities WHERE issuer = ? AND subject = ?');
  const add = database.prepare('INSERT INTO outside_identities VALUES (?, ?, ?)');
  return {
    find(issuer, subject) {
      const row = find.get(issuer, subject);
      return row === undefined ? undefined : textOf(row, 'user');
    },
    add: (issuer, subject, user) => void add.run(issuer, subject, user),
  };
}
