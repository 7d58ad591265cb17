import { ROUTES } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { pathOf } from '../state/remote.ts';
import { buttonLook } from '../ui/Button.tsx';
import { oidcQuery } from './accountQueries.ts';

export interface OutsideWayProps {
  /** It stands over a page that has to stay as it is. */
  readonly isOverPage?: boolean;
  readonly verb?: 'Sign in' | 'Join';
  /** The page to go on to. */
  readonly next?: string;
}

/**
 * The way to sign in with a provider outside, where there is one. Over an open page it goes to another tab, since the
 * provider would take the place of what is on the page.
 */
export function OutsideWay({ isOverPage = false, verb = 'Sign in', next = '/' }: OutsideWayProps) {
  const name = useQuery(oidcQuery).data?.name;
  if (name === undefined) return null;
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <a
        href={pathOf(ROUTES.startOidc.path, { query: { next } })}
        {...(isOverPage ? { target: '_blank', rel: 'noopener' } : {})}
        className={buttonLook('secondary', 'large', true)}
      >
        {isOverPage && <ExternalLink size={16} aria-hidden="true" />}
        {verb} with {name}
      </a>
      {isOverPage && (
        <p className="text-editor text-ink-soft">
          It opens in another tab. Come back to this one when you are signed in there.
        </p>
      )}
    </div>
  );
}
