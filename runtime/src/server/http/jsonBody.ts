import { SluiceError } from '@sluice/shared/errors.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Request, RequestHandler } from 'express';
import express from 'express';

/** What somebody may send who has not signed in, bytes. */
const STRANGER_BYTES = 16_384;
/** What a body may have at most, bytes. */
const BODY_BYTES = 5_242_880;
/** The same for the messages of a dry run, which are 100,000 at most. */
const MESSAGES_BYTES = 25_000_000;
const DRY_RUN = /^\/flows\/[^/]+\/dry-run$/;
/** How deep objects and lists may be in one another. */
const BODY_DEPTH = 100;
/** Below `/api`: what strangers may send to. */
const PUBLIC_PATHS: ReadonlySet<string> = new Set(
  Object.values(ROUTES).flatMap(({ permission, path }) =>
    permission === 'public' ? [path.slice('/api'.length)] : [],
  ),
);

/** Reads JSON bodies below `/api`. Size is looked at while reading, depth before parsing. */
export function jsonBody(isSignedIn: (request: Request) => boolean): RequestHandler[] {
  const [strangers, plain, messages] = [
    textUpTo(STRANGER_BYTES),
    textUpTo(BODY_BYTES),
    textUpTo(MESSAGES_BYTES),
  ];
  return [
    (request, response, next) => {
      if (isShort(request)) return plain(request, response, next);
      if (!isSignedIn(request))
        return strangers(request, response, (error?: unknown) => next(forStrangers(request, error)));
      (DRY_RUN.test(request.path) ? messages : plain)(request, response, next);
    },
    (request, _response, next) => {
      if (typeof request.body === 'string') request.body = parseJson(request.body);
      next();
    },
  ];
}

/** Nobody has to be looked up for it. A body that is packed may be longer than it says. */
function isShort({ headers }: Request): boolean {
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  return length <= STRANGER_BYTES && headers['content-encoding'] === undefined;
}

/** Whoever was signed in until now is told that they are not, and not that a draft is too large. */
function forStrangers({ path }: Request, error: unknown): unknown {
  if (error === undefined || PUBLIC_PATHS.has(path)) return error;
  return new SluiceError('not-signed-in', 'Sign in first.', { cause: error });
}

function textUpTo(limit: number) {
  return express.text({ type: ['application/json', 'application/*+json'], limit, defaultCharset: 'utf-8' });
}

/** Throws `too-large` or `invalid-json`. `__proto__` becomes a plain key of its object. */
export function parseJson(text: string): unknown {
  if (text === '') return undefined;
  if (depthOf(text) > BODY_DEPTH) {
    throw new SluiceError('too-large', `The body is nested more than ${BODY_DEPTH} levels deep.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('invalid-json', `The body is not JSON: ${reason}.`, { cause });
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/** The deepest nesting of brackets outside of texts, without parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) {
      isText = true;
    } else if (code === 123 || code === 91) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === 125 || code === 93) {
      depth--;
    }
  }
  return deepest;
}

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
