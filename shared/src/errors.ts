/**
 * Every error that a person can meet at a border, in one place: a code that stays, the HTTP status that goes with it,
 * and a title. The sentence of one occurrence says what, where and what to do.
 */
export const ERRORS = {
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'wrong-credentials': { status: 401, title: 'E-mail or password is wrong' },
  'second-factor-needed': { status: 401, title: 'A code is needed' },
  'too-many-tries': { status: 429, title: 'Too many tries' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'link-used': { status: 403, title: 'The link is not valid' },
  'first-start-needed': { status: 403, title: 'There is no account yet' },
  'not-found': { status: 404, title: 'Not found' },
  'stale-revision': { status: 409, title: 'Somebody else saved in the meantime' },
  'already-there': { status: 409, title: 'There is one already' },
  'other-workspace': { status: 409, title: 'The page is of another workspace' },
  'in-use': { status: 409, title: 'It is in use' },
  'invalid-input': { status: 422, title: 'The input does not fit' },
  'invalid-json': { status: 400, title: 'The body is not JSON' },
  'wrong-content-type': { status: 415, title: 'The content type does not fit' },
  'too-large': { status: 413, title: 'Too large' },
  'invalid-flow': { status: 422, title: 'The flow has problems' },
  'future-format': { status: 422, title: 'The flow is of a newer Sluice' },
  'cross-site': { status: 403, title: 'The request comes from another site' },
  'runner-away': { status: 503, title: 'The runner is starting again' },
  'target-away': { status: 503, title: 'The target is away' },
  'limit-reached': { status: 409, title: 'A limit of the workspace is reached' },
  'disk-full': { status: 507, title: 'The disk is full' },
  'port-taken': { status: 500, title: 'The port is taken' },
  'folder-in-use': { status: 500, title: 'The data folder is in use' },
  'folder-not-writable': { status: 500, title: 'The data folder is not writable' },
  damaged: { status: 500, title: 'A file in the data folder is damaged' },
  'wrong-argument': { status: 400, title: 'The argument does not fit' },
  internal: { status: 500, title: 'Something went wrong inside Sluice' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error whose message is a sentence for a person. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  /** More for the caller, as the problems of a flow; part of the problem document. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    sentence: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(sentence, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'SluiceError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * Whether trying again may help (EN8): the target is away, busy or at fault itself. Connections throw `target-away` for
 * that; everything else is for good.
 */
export function isTransient(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'target-away';
}
