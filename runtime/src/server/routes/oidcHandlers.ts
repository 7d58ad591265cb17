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
    async startOidc({ address, pending }) {
      const started = await required().oidc.start(callbackOf(address));
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
      const user = signIn(await oidc.finish(url, pending.text));
      const opened = sessions.open(user, origin);
      noteIn(user.workspace)({ ...actor, who: user.email }, 'session.open', user.email, { by: oidc.name });
      if (session.token !== undefined) sessions.close(session.token);
      session.set(opened);
      return { location: '/' };
    },
  };
}

function callbackOf(address: string): string {
  return `${address}/api/oidc/callback`;
}
