import { ERRORS, SluiceError } from '@sluice/shared/errors.ts';
import type { ErrorRequestHandler, Request, Response } from 'express';
import * as z from 'zod';

/** One line for the operator's log. */
export type Log = (level: 'note' | 'warning' | 'error', sentence: string) => void;

/** Answers with RFC 9457 problem details. */
function sendProblem(response: Response, error: SluiceError): void {
  const { status, title } = ERRORS[error.code];
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        ...error.details,
        type: `urn:sluice:problem:${error.code}`,
        title,
        status,
        detail: error.message,
        code: error.code,
      }),
    );
}

/** The last handler of all: every error leaves as problem details; what nobody foresaw goes to the log as well. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = toProblem(error);
    noteUnforeseen(log, request, problem, error);
    if (problem.code === 'runner-away') response.setHeader('Retry-After', '1');
    sendProblem(response, problem);
  };
}

/** Into the operator's log: what nobody foresaw, with where in the code it comes from. */
export function noteUnforeseen(
  log: Log,
  { method, path }: Request,
  problem: SluiceError,
  error: unknown,
): void {
  if (problem.code !== 'internal') return;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log('error', `${method} ${path}: ${stack}`);
}

const httpErrorSchema = z.object({ status: z.number(), type: z.string().optional() });

/** What an error is to a person; `internal` for what nobody foresaw. */
export function toProblem(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const http = httpErrorSchema.safeParse(error);
  if (http.success && http.data.status >= 400 && http.data.status < 500)
    return fromHttp(http.data.status, error);
  return new SluiceError(
    'internal',
    'Something went wrong inside Sluice. The log of the server has the details.',
    {
      cause: error,
    },
  );
}

/** Errors of the body parsers and of Express itself, as a path that cannot be decoded. */
function fromHttp(status: number, cause: unknown): SluiceError {
  if (status === 413) return new SluiceError('too-large', 'The body is larger than allowed.', { cause });
  const reason = cause instanceof Error ? cause.message : 'it cannot be read';
  return new SluiceError('invalid-input', `The request does not fit: ${reason}.`, { cause });
}

/** A value from outside, checked. Throws `invalid-input` with a sentence that names the field. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error.issues);
  const field =
    issue === undefined || issue.path.length === 0 ? what : `“${issue.path.join('.')}” in ${what}`;
  const text = issue?.message ?? 'does not fit';
  throw new SluiceError('invalid-input', `${field}: ${text}${/[.!?]$/.test(text) ? '' : '.'}`);
}

/** The first issue; of a choice of shapes the first one of the first shape, which is the usual one. */
function firstIssue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [issue] = issues;
  return issue?.code === 'invalid_union' ? (firstIssue(issue.errors[0] ?? []) ?? issue) : issue;
}
