import { SluiceError } from '@sluice/shared/errors.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { becauseOf } from '../accounts/signInProblem.ts';
import type { Handlers } from '../http/mount.ts';

/** Sign-in with a provider outside. */
export function oidcHandlers({
  outside,
  sessions,
  noteIn,
}: Accounts): Pick<Handlers, 'oidc' | 'startOidc' | 'finishOidc'> {
  const required = () => {
    if (outside !== undefined) return outside;
    throw new SluiceError(
      'not-found',
      'No provider is set up to sign in with. Set SLUICE_OIDC_ISSUER.',
      becauseOf('not-set-up'),
    );
  };
  return {
    oidc: () => (outside === undefined ? {} : { name: outside.oidc.name }),
    async startOidc({ address, query, pending }) {
      const started = await required().oidc.start(callbackOf(address), pageOf(query.next));
      pending.set(started.pending);
      return { location: started.location };
    },
    async finishOidc({ address, query, pending, actor, origin, session }) {
      const { oidc, signIn } = required();
      const url = new URL(callbackOf(address));
      url.search = new URLSearchParams(
        Object.entries(query).map(([key, value]) => [key, String(value)]),
      ).toString();
      // It counts once, whatever comes of it.
      pending.set(undefined);
      const { person, next } = await oidc.finish(url, pending.text);
      const user = signIn(person);
      const opened = sessions.open(user, origin);
      noteIn(user.workspace)({ ...actor, who: user.email }, 'session.open', user.email, { by: oidc.name });
      if (session.token !== undefined) sessions.close(session.token);
      session.set(opened);
      return { location: next };
    },
  };
}

function callbackOf(address: string): string {
  return `${address}/api/oidc/callback`;
}

/** The path of a page of this server; what leads elsewhere is the home page. */
function pageOf(next = '/'): string {
  const here = 'http://here.invalid';
  const url = next.startsWith('/') ? URL.parse(next, here) : null;
  return url !== null && url.origin === here && !url.pathname.startsWith('//')
    ? url.pathname + url.search
    : '/';
}
