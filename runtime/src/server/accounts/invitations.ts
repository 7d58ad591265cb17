import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Invitation, Role, User } from '@sluice/shared/protocol/people.ts';
import type { AccountStore } from '../../storage/accounts.ts';
import type { InvitationStore, StoredInvitation } from '../../storage/invitations.ts';
import { hashToken, newToken } from './randomTokens.ts';

const INVITATION_MS = 7 * 24 * 3_600_000;

/** Invitations into workspaces: for one e-mail, by a link that counts once. */
export interface Invitations {
  list(workspace: string): Invitation[];
  /** Gives the token of the link, which is kept as a hash only. Throws `already-there` for somebody who is in. */
  invite(by: User, wanted: { email: string; role: Role }): { invitation: Invitation; token: string };
  /** Gives the one that is gone. Throws `not-found`. */
  withdraw(workspace: string, id: string): Invitation;
  find(token: string): StoredInvitation | undefined;
  /** Throws `link-used`. */
  read(token: string): StoredInvitation;
  /** Those that are open for an address, in any workspace. */
  forEmail(email: string): StoredInvitation[];
  /** Lets an account into the workspace and uses the invitation up, as part of what is written as a whole. */
  join(invitation: StoredInvitation, account: string): User;
}

export interface InvitationsOptions {
  readonly store: InvitationStore;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  newId(): string;
}

export function createInvitations({ store, accounts, clock, newId }: InvitationsOptions): Invitations {
  const find = (token: string) => store.byToken(hashToken(token), clock.now());
  return {
    find,
    list: (workspace) => store.list(workspace, clock.now()),
    invite(by, { email, role }) {
      const known = accounts.accountByEmail(email);
      if (known !== undefined && accounts.userIn(by.workspace, known.id) !== undefined) {
        throw new SluiceError('already-there', `${known.email} is in this workspace already.`);
      }
      const [token, createdAt] = [newToken(), clock.now()];
      const expiresAt = createdAt + INVITATION_MS;
      const invitation = { id: newId(), email, role, invitedBy: by.email, createdAt, expiresAt };
      accounts.atomically(() => {
        store.removeExpired(createdAt);
        store.put(by.workspace, invitation, hashToken(token));
      });
      return { invitation, token };
    },
    withdraw(workspace, id) {
      const found = store.list(workspace, clock.now()).find((invitation) => invitation.id === id);
      if (found === undefined || !store.remove(workspace, id)) {
        throw new SluiceError('not-found', 'There is no such invitation that is open.');
      }
      return found;
    },
    read(token) {
      const found = find(token);
      if (found === undefined) throw invitationUsed();
      return found;
    },
    forEmail: (email) => store.forEmail(email, clock.now()),
    join({ workspace, id, role }, account) {
      // Somebody may have taken it in the meantime.
      if (!store.remove(workspace, id)) throw invitationUsed();
      if (accounts.userIn(workspace, account) === undefined) {
        accounts.setRole(workspace, account, role, clock.now());
      }
      const user = accounts.userIn(workspace, account);
      if (user === undefined) throw invitationUsed();
      return user;
    },
  };
}

function invitationUsed(): SluiceError {
  return new SluiceError(
    'link-used',
    'This invitation was used already, was withdrawn, or is older than seven days. Ask for a new one.',
  );
}
