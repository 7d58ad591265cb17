import type { User } from '@sluice/shared/protocol/people.ts';
import type { Origin } from '../../storage/sessions.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import { TOKEN_PREFIX } from './tokens.ts';

/** Somebody who calls, as they may act now in the workspace of their session or token. */
export type Caller = {
  readonly user: User;
  /** For the audit log: the e-mail, or `token <name> of <e-mail>`. */
  readonly who: string;
} & ({ readonly kind: 'session'; readonly session: string } | { readonly kind: 'token' });

/** What a credential stands for; without `caller` a person who is in no workspace any more. */
export interface Found {
  readonly caller: Caller | undefined;
}

/**
 * Finds out what a cookie or a bearer text stands for. API tokens begin with `sluice_` and sessions never do: neither
 * passes for the other.
 */
export function createFind(sessions: Sessions, tokens: Tokens) {
  return (credential: string, origin?: Origin): Found | undefined => {
    if (credential.startsWith(TOKEN_PREFIX)) {
      const found = tokens.find(credential);
      if (found === undefined) return undefined;
      const who = `token ${found.name} of ${found.user.email}`;
      return { caller: { kind: 'token', user: found.user, who } };
    }
    const found = sessions.find(credential, origin);
    if (found === undefined) return undefined;
    const { id: session, user, email: who } = found;
    return { caller: user === undefined ? undefined : { kind: 'session', session, user, who } };
  };
}
