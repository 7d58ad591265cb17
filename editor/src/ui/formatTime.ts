const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A moment as people say it, seen from `now` (both in ms since the epoch): `just now`, `12 s ago`, `3 min ago`,
 * `2 h ago`, `yesterday`, `5 days ago`, and the date from a week on. A moment ahead: `in 3 min`.
 */
export function formatAgo(at: number, now: number, locale?: string): string {
  const past = now - at;
  if (Math.abs(past) < 5 * SECOND) return 'just now';
  if (past < 0) return `in ${formatSpan(-past)}`;
  if (past < DAY) return `${formatSpan(past)} ago`;
  if (past < 2 * DAY) return 'yesterday';
  if (past < 7 * DAY) return `${Math.floor(past / DAY)} days ago`;
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }).format(at);
}

/** A length of time (ms) in its largest unit, rounded down: `12 s`, `3 min`, `2 h`, `5 days`. */
export function formatSpan(spanMs: number): string {
  if (spanMs < MINUTE) return `${Math.floor(spanMs / SECOND)} s`;
  if (spanMs < HOUR) return `${Math.floor(spanMs / MINUTE)} min`;
  if (spanMs < DAY) return `${Math.floor(spanMs / HOUR)} h`;
  const days = Math.floor(spanMs / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The exact moment with seconds and zone: `14 Mar 2026, 09:41:07 CET`. */
export function formatExact(at: number, locale?: string, timeZone?: string): string {
  return formatter(EXACT, locale, timeZone).format(at);
}

/** The time of day to the millisecond, for lists of messages: `09:41:07.250`. */
export function formatClock(at: number, timeZone?: string): string {
  return formatter(CLOCK, 'en-GB', timeZone).format(at);
}

const EXACT: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
};
const CLOCK: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one takes far longer than using it, and every line of a list of messages has a time: each is made once. */
function formatter(
  parts: Intl.DateTimeFormatOptions,
  locale: string | undefined,
  timeZone: string | undefined,
): Intl.DateTimeFormat {
  const key = `${parts === EXACT ? 'exact' : 'clock'} ${locale ?? ''} ${timeZone ?? ''}`;
  const made =
    formatters.get(key) ??
    new Intl.DateTimeFormat(locale, { ...parts, ...(timeZone === undefined ? {} : { timeZone }) });
  formatters.set(key, made);
  return made;
}
