import { SluiceError } from '../errors.ts';

/**
 * Statuses of 400 and more that may pass (EN8): time-out, too early, too many requests (RFC 9110 section 15.5, RFC 8470,
 * RFC 6585) and everything that is the server's own fault.
 */
function mayPass(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * The failure that an answer of a web server stands for: `target-away` where it may pass, else one for good. `request` says
 * what was called, `said` what the server gave as its reason, without a full stop.
 */
export function statusFailure(
  request: string,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  said = '',
): Error {
  const { status, headers } = answer;
  const sentence = `${request} answered ${status}${said === '' ? '' : `: ${said}`}.`;
  if (!mayPass(status)) return new Error(sentence);
  return new SluiceError('target-away', `${sentence}${waitAsked(headers['retry-after'])}`);
}

/** Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3). */
function waitAsked(retryAfter: string | undefined): string {
  if (retryAfter === undefined || retryAfter.length > 64) return '';
  return /^\d+$/.test(retryAfter)
    ? ` It asks to be left alone for ${retryAfter} s.`
    : ` It asks to be left alone until ${retryAfter}.`;
}
