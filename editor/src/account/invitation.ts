import type { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type * as z from 'zod';
import { ROLE_WORDS } from '../people/roleWords.ts';

/** What a link invites to. */
export type Invited = z.output<typeof ROUTES.readInvitation.response>;

/** Who invites, and as what, in one sentence. */
export function invitedSentence({ invitedBy, role, email }: Invited): string {
  return `${invitedBy} invites ${email} as ${ROLE_WORDS[role].one}. ${ROLE_WORDS[role].may}`;
}

/** What accepting does to whom this browser is signed in as; nothing where nobody is. */
export function signedInSentence({ email }: Invited, user: User | null | undefined): string | undefined {
  if (user == null) return undefined;
  return user.email.toLowerCase() === email.toLowerCase()
    ? 'You are signed in with this account. Show that it is you once more, to join.'
    : `You are signed in here as ${user.email}. The invitation is for ${email}: accepting it signs you out of the other account in this browser.`;
}
