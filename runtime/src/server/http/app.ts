import { SluiceError } from '@sluice/shared/errors.ts';
import type { Request, RequestHandler } from 'express';
import express from 'express';
import type { RunnerHost } from '../../runner/runnerHost.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { FIRST_WORKSPACE } from '../accounts/accounts.ts';
import { createHandlers, firstStartNeeded } from '../routes/handlers.ts';
import type { Workspaces } from '../workspace.ts';
import { editorFiles } from './editorFiles.ts';
import { securityHeaders } from './headers.ts';
import { httpIn } from './httpIn.ts';
import { jsonBody } from './jsonBody.ts';
import { loginLimits } from './loginLimits.ts';
import { metrics } from './metrics.ts';
import { mountRoutes } from './mount.ts';
import { isSameSite } from './origin.ts';
import type { Log } from './problem.ts';
import { problemHandler } from './problem.ts';
import { sessionTokenOf } from './session.ts';

export interface AppOptions {
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly version: string;
  /** Started with `--safe`. */
  readonly isSafe: boolean;
  /** The folder of the built editor. */
  readonly editor: string;
  isReady(): boolean;
  broker(): { readonly clients: number; readonly dropped: number } | undefined;
  newId(): string;
  readonly log: Log;
}

/** The web server: the editor's files, the REST interface, `/in/*` for flows, and `/metrics`. */
export function createApp(options: AppOptions): express.Express {
  const { accounts, workspaces } = options;
  const userOf = (token: string) => accounts.userOf(token);
  const isSignedIn = (request: Request): boolean => {
    const token = sessionTokenOf(request);
    return token !== undefined && userOf(token) !== undefined;
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders());
  app.use(onlyFirstStart(accounts));
  const host = workspaces.get(FIRST_WORKSPACE)?.host;
  if (host !== undefined) app.use('/in', httpIn(host satisfies RunnerHost, options.newId));
  app.get('/metrics', metrics({ workspaces, userOf, broker: options.broker }));
  app.use('/api', refuseOtherSites, ...jsonBody(isSignedIn));
  app.get('/api/openapi.json', async (_request, response) => {
    const { openApiDocument } = await import('./openapi.ts');
    response.json(openApiDocument(options.version));
  });
  mountRoutes(app, createHandlers(options), {
    userOf,
    workspaceOf: (user) => workspaces.get(user.workspace),
    before: { signIn: loginLimits(), createFirstAccount: loginLimits() },
  });
  app.use('/api', (request) => {
    throw new SluiceError('not-found', `There is no ${request.method} ${request.originalUrl.split('?')[0]}.`);
  });
  app.use(editorFiles(options.editor));
  app.use((request) => {
    throw new SluiceError('not-found', `There is nothing at ${request.path}.`);
  });
  app.use(problemHandler(options.log));
  return app;
}

const FIRST_START_PATHS = new Set(['/api/first-start', '/api/health']);

/** Until there is an account: the page that makes it, and nothing else. */
function onlyFirstStart(accounts: Accounts): RequestHandler {
  let isNeeded = accounts.isFirstStart();
  return (request, _response, next) => {
    if (isNeeded) isNeeded = accounts.isFirstStart();
    const isFile = !/^\/(api|in|metrics|socket\.io)(\/|$)/.test(request.path);
    next(isNeeded && !isFile && !FIRST_START_PATHS.has(request.path) ? firstStartNeeded() : undefined);
  };
}

const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  next(
    isWrite && !isSameSite(request)
      ? new SluiceError(
          'cross-site',
          'This request comes from a page of another site, so it was not carried out.',
        )
      : undefined,
  );
};
