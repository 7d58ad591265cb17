import type { Invitation } from '@sluice/shared/protocol/people.ts';
import { invitationSchema } from '@sluice/shared/protocol/people.ts';
import type { Database, Row } from './database.ts';
import { textOf } from './database.ts';

export interface StoredInvitation extends Invitation {
  readonly workspace: string;
  /** What people call the workspace. */
  readonly workspaceName: string;
}

export interface InvitationStore {
  /** Those of a workspace that are open, the newest first. */
  list(workspace: string, now: number): Invitation[];
  /** The open one with this token. */
  byToken(tokenHash: string, now: number): StoredInvitation | undefined;
  /** The open ones for an address, in any workspace. */
  forEmail(email: string, now: number): StoredInvitation[];
  /** One that is there for the same address in the same workspace is replaced. */
  put(workspace: string, invitation: Invitation, tokenHash: string): void;
  /** False when there is none. */
  remove(workspace: string, id: string): boolean;
  removeExpired(now: number): void;
}

const COLUMNS = `
  SELECT invitations.id, workspace, workspaces.name AS workspace_name, email, role, invited_by,
    invitations.created_at, expires_at
  FROM invitations JOIN workspaces ON workspaces.id = workspace
  WHERE workspace NOT IN (SELECT id FROM workspace_deletions) AND`;

export function createInvitationStore(database: Database): InvitationStore {
  const list = database.prepare(
    `${COLUMNS} workspace = ? AND expires_at > ? ORDER BY invitations.created_at DESC, invitations.id`,
  );
  const byToken = database.prepare(`${COLUMNS} token_hash = ? AND expires_at > ?`);
  const forEmail = database.prepare(
    `${COLUMNS} email = ? AND expires_at > ? ORDER BY invitations.created_at, invitations.id`,
  );
  const clear = database.prepare('DELETE FROM invitations WHERE workspace = ? AND email = ?');
  const add = database.prepare('INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM invitations WHERE workspace = ? AND id = ?');
  const expire = database.prepare('DELETE FROM invitations WHERE expires_at <= ?');
  return {
    list: (workspace, now) =>
      list.all(workspace, now).map((row) => invitationSchema.parse(readInvitation(row))),
    byToken(tokenHash, now) {
      const row = byToken.get(tokenHash, now);
      return row === undefined ? undefined : readInvitation(row);
    },
    forEmail: (email, now) => forEmail.all(email, now).map(readInvitation),
    put(workspace, { id, email, role, invitedBy, createdAt, expiresAt }, tokenHash) {
      clear.run(workspace, email);
      add.run(id, tokenHash, workspace, email, role, invitedBy, createdAt, expiresAt);
    },
    remove: (workspace, id) => remove.run(workspace, id) === 1,
    removeExpired: (now) => void expire.run(now),
  };
}

function readInvitation(row: Row): StoredInvitation {
  const invitation = invitationSchema.parse({
    ...row,
    invitedBy: row['invited_by'],
    createdAt: row['created_at'],
    expiresAt: row['expires_at'],
  });
  return {
    ...invitation,
    workspace: textOf(row, 'workspace'),
    workspaceName: textOf(row, 'workspace_name'),
  };
}
