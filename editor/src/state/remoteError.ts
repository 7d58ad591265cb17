import type { ErrorCode } from '@sluice/shared/errors.ts';
import type { ProblemDetails } from '@sluice/shared/protocol/http.ts';

/** A problem of a flow as the server names it; its code may be one that this page does not know. */
export type RemoteProblem = NonNullable<ProblemDetails['problems']>[number];

/** A code of the server, or one of the two that only this side of the wire can know. */
export type RemoteErrorCode = ErrorCode | 'server-away' | 'unexpected-answer';

/** What came back instead of an answer. Its message is a sentence for a person. */
export class RemoteError extends Error {
  readonly code: RemoteErrorCode;
  /** The HTTP status; 0 where there was no answer at all. */
  readonly status: number;
  /** What is wrong with a flow, where the server said so. */
  readonly problems: readonly RemoteProblem[];

  constructor(
    code: RemoteErrorCode,
    sentence: string,
    options: { status?: number; problems?: readonly RemoteProblem[]; cause?: unknown } = {},
  ) {
    super(sentence, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'RemoteError';
    this.code = code;
    this.status = options.status ?? 0;
    this.problems = options.problems ?? [];
  }
}

/** The sentence to show for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return 'Something went wrong, and it did not say what. Try again, or load the page again.';
}
