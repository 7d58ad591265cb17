import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Account, AccountStore } from '../../storage/accounts.ts';
import type { StoredInvitation } from '../../storage/invitations.ts';
import type { OutsideIdentityStore } from '../../storage/outsideIdentities.ts';
import { becauseOf } from './signInProblem.ts';
import type { Invitations } from './invitations.ts';
import type { OutsidePerson } from './oidc.ts';

export interface OutsideOptions {
  readonly store: AccountStore;
  readonly identities: OutsideIdentityStore;
  readonly invitations: Invitations;
  readonly clock: Clock;
  newId(): string;
  /** For those who are let in without an invitation. */
  readonly firstWorkspace: string;
  readonly allowedDomains: readonly string[];
  userOfAccount(account: Account): User;
}

/**
 * Lets somebody in whom the provider knows: who was here before, who has an account with the address, who was invited,
 * or whose domain is allowed. Open invitations for the address are accepted. Throws `not-allowed`.
 */
export function createSignInOutside(options: OutsideOptions): (person: OutsidePerson) => User {
  const { store, identities, invitations, clock, newId, userOfAccount } = options;

  function addAccount({ email, name }: OutsidePerson, invited: StoredInvitation | undefined): Account {
    const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
    if (invited === undefined && !options.allowedDomains.includes(domain)) {
      throw new SluiceError(
        'not-allowed',
        `Nobody has invited ${email}. Ask an admin of a workspace to invite this address.`,
        becauseOf('not-invited'),
      );
    }
    const { workspace, role } = invited ?? { workspace: options.firstWorkspace, role: 'viewer' as const };
    const user: User = { id: newId(), email, name, workspace, role, isOwner: false };
    store.addUser(user, undefined, clock.now());
    return user;
  }

  return (person) =>
    store.atomically(() => {
      const { issuer, subject, email, isVerified } = person;
      const known = identities.find(issuer, subject);
      if (known === undefined && (!isVerified || email === '')) {
        throw new SluiceError(
          'not-allowed',
          'The provider does not say that this e-mail address is yours. Confirm it there, then sign in again.',
          becauseOf('not-confirmed'),
        );
      }
      const open = isVerified ? invitations.forEmail(email) : [];
      const account =
        known === undefined
          ? (store.accountByEmail(email) ?? addAccount(person, open[0]))
          : store.account(known);
      if (account === undefined) {
        throw new SluiceError(
          'not-allowed',
          'This account is not there any more.',
          becauseOf('account-gone'),
        );
      }
      if (known === undefined) identities.add(issuer, subject, account.id);
      for (const invitation of open) invitations.join(invitation, account.id);
      return userOfAccount(account);
    });
}
