import { useQuery } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import { healthQuery } from '../metrics/figuresQueries.ts';
import { TextLink } from '../ui/TextLink.tsx';

/** Says that the server was started with `--safe`, and what that means. */
export function SafeModeBanner() {
  const { data: health } = useQuery(healthQuery);
  if (health?.safe !== true) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-notice-soft px-4 py-1.5 text-notice"
    >
      <ShieldAlert size={16} className="hidden shrink-0 sm:block" aria-hidden="true" />
      <span>
        <strong className="font-semibold">Safe mode.</strong> Every flow was held at the start; each runs when
        somebody starts it. A start without --safe runs all as before.
      </span>
      <TextLink to="/">See the flows</TextLink>
    </div>
  );
}
