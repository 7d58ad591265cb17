import { MOST_TOKEN_DAYS, type Role, roleSchema, type Token } from '@sluice/shared/protocol/people.ts';
import { ROLE_CHOICES } from '../people/roleWords.ts';
import type { Choice } from '../ui/ListItems.tsx';
import { formatSpan } from '../ui/formatTime.ts';

export interface TokenDraft {
  readonly name: string;
  readonly role: Role;
  /** NaN where the box is empty. */
  readonly days: number;
}

/** What is wrong, by field. */
export interface TokenProblems {
  readonly name?: string;
  readonly days?: string;
}

/** A token as it is offered: as little as possible, for three months. */
export const NEW_TOKEN: TokenDraft = { name: '', role: 'viewer', days: 90 };

/** The roles that somebody may give a token: none above their own. */
export function roleChoices(own: Role): readonly Choice[] {
  return ROLE_CHOICES.slice(0, roleSchema.options.indexOf(own) + 1);
}

/** What is wrong with a token as it is written. */
export function tokenProblems({ name, days }: TokenDraft): TokenProblems {
  const isDays = Number.isInteger(days) && days >= 1 && days <= MOST_TOKEN_DAYS;
  return {
    ...(name.trim() === '' ? { name: 'Write what the token is for, such as “Report on Mondays”.' } : {}),
    ...(isDays ? {} : { days: `A whole number of days, between 1 and ${MOST_TOKEN_DAYS}.` }),
  };
}

/** How long a token is still good for: `expires in 89 days`. */
export function expiryWords({ expiresAt }: Pick<Token, 'expiresAt'>, now: number): string {
  return expiresAt <= now ? 'expired' : `expires in ${formatSpan(expiresAt - now)}`;
}

/** A line for a shell that shows that a token works. */
export function exampleCall(origin: string, token: string): string {
  return `curl -H "Authorization: Bearer ${token}" ${origin}/api/flows`;
}
