import type { Ended } from '@sluice/shared/protocol/live.ts';
import type { Role } from '@sluice/shared/protocol/people.ts';
import { ROLE_WORDS } from '../people/roleWords.ts';

interface Notice {
  readonly sentence: string;
  readonly detail: string;
}

/** On an open page, to whom an admin gave another role. */
export function roleWords(role: Role): Notice {
  const { one, may } = ROLE_WORDS[role];
  return { sentence: `You are ${one} in this workspace now`, detail: `An admin changed your role. ${may}` };
}

/**
 * Why the server ended the live connection. Nothing where the page says it in another way and asks what to do: who is
 * signed out signs in again, and who is elsewhere comes back.
 */
export function endedWords({ code, sentence }: Ended): Notice | undefined {
  if (code === 'not-signed-in' || code === 'not-found') return undefined;
  return { sentence, detail: 'It connects again by itself. Nothing on the page is lost.' };
}
