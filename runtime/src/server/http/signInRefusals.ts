import type { ErrorRequestHandler } from 'express';
import type { Response } from 'express';
import { signInProblemOf } from '../accounts/signInProblem.ts';
import type { Log } from './problem.ts';
import { noteUnforeseen, toProblem } from './problem.ts';

/** The addresses that a browser goes to by itself, with a person in front of it. */
export const SIGN_IN_OUTSIDE = ['/api/oidc/start', '/api/oidc/callback'];

const REFUSED_AT = '/sign-in?problem=';

/** Sends the browser of a sign-in that did not succeed to the page that says why: nobody can read problem details. */
export function signInRefusals(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = toProblem(error);
    noteUnforeseen(log, request, problem, error);
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, `${REFUSED_AT}${signInProblemOf(problem)}`);
  };
}

/** An answer that sends a browser away with a problem; it counts as a wrong try. */
export function isRefusal(response: Response): boolean {
  const location = response.getHeader('Location');
  return typeof location === 'string' && location.startsWith(REFUSED_AT);
}
