import type { Token } from '@sluice/shared/protocol/people.ts';
import { ROLE_WORDS } from '../people/roleWords.ts';
import { useNow } from '../state/clock.ts';
import { useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { formatExact } from '../ui/formatTime.ts';
import { Time } from '../ui/Time.tsx';
import { expiryWords } from './tokenWords.ts';

export interface TokenRowProps {
  readonly token: Token;
  readonly onRevoke: () => void;
}

/** One token: what it may, whose it is, how long it is good for, and when it was used. */
export function TokenRow({ token, onRevoke }: TokenRowProps) {
  const now = useNow();
  const isOwn = useUser().email === token.owner;
  const isOver = token.expiresAt <= now;
  return (
    <li aria-label={token.name} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-52 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium wrap-anywhere">{token.name}</span>
          <Badge>{ROLE_WORDS[token.role].title}</Badge>
          {isOver && <Badge tone="caution">expired</Badge>}
        </p>
        <p className="text-editor text-ink-soft wrap-anywhere">
          {!isOwn && `Of ${token.owner} · `}
          {!isOver && (
            <>
              <span title={formatExact(token.expiresAt)}>{expiryWords(token, now)}</span>
              {' · '}
            </>
          )}
          {token.lastUsedAt === undefined ? (
            'never used'
          ) : (
            <>
              last used <Time at={token.lastUsedAt} />
            </>
          )}
        </p>
      </div>
      <Button size="small" aria-label={`Revoke ${token.name}`} onPress={onRevoke}>
        Revoke…
      </Button>
    </li>
  );
}
