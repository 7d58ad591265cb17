import { WifiOff } from 'lucide-react';
import { useStore } from 'zustand';
import { useNow } from '../state/clock.ts';
import { sessionExpiry } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';
import { Button } from '../ui/Button.tsx';
import { formatSpan } from '../ui/formatTime.ts';

/** A break shorter than this is over before anybody has read of it. */
const QUIET_MS = 2_000;

/** Says that live values stand still, since when, and that nothing is lost. Who is signed out is told so elsewhere. */
export function AwayBanner() {
  const connection = useStore(liveConnection());
  const { isExpired } = useStore(sessionExpiry);
  return connection.kind === 'reconnecting' && !isExpired ? <Away since={connection.since} /> : null;
}

function Away({ since }: { readonly since: number }) {
  const pausedMs = useNow() - since;
  if (pausedMs < QUIET_MS) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-caution-soft px-4 py-1.5 text-caution"
    >
      <WifiOff size={16} aria-hidden="true" />
      <span>
        <strong className="font-semibold">Live values paused {formatSpan(pausedMs)}.</strong> Sluice does not
        answer; your drafts are kept here and saved when it is back.
      </span>
      <Button size="small" onPress={() => liveConnection().tryNow()}>
        Try now
      </Button>
    </div>
  );
}
