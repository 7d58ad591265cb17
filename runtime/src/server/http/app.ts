import { SluiceError } from '@sluice/shared/errors.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Request, RequestHandler } from 'express';
import express from 'express';
import type { Accounts } from '../accounts/accounts.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { DeviceSource } from '../deviceSource.ts';
import { createHandlers, firstStartNeeded } from '../routes/handlers.ts';
import type { Workspaces } from '../workspace.ts';
import type { Keyring } from '../../storage/workspaceKeys.ts';
import type { WorkspaceRegister } from '../workspaces/workspaceRegister.ts';
import { editorFiles } from './editorFiles.ts';
import { securityHeaders } from './headers.ts';
import { httpIn } from './httpIn.ts';
import { ingest } from './ingest.ts';
import { jsonBody } from './jsonBody.ts';
import { metrics } from './metrics.ts';
import { mountRoutes } from './mount.ts';
import { isSameSite } from './origin.ts';
import type { Log } from './problem.ts';
import { problemHandler } from './problem.ts';
import { credentialOf, hasBearer } from './session.ts';
import { signInLimits } from './signInLimits.ts';
import { SIGN_IN_OUTSIDE, signInRefusals } from './signInRefusals.ts';

export interface AppOptions {
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly register: WorkspaceRegister;
  readonly keyring: Pick<Keyring, 'rotate'>;
  readonly credentials: Credentials;
  readonly source: Pick<DeviceSource, 'publish' | 'pace' | 'port' | 'tlsPort'>;
  /** It answers with TLS itself. */
  readonly hasTls: boolean;
  readonly version: string;
  /** Started with `--safe`. */
  readonly isSafe: boolean;
  /** The folder of the built editor. */
  readonly editor: string;
  isReady(): boolean;
  /** Somebody may have signed out, or been given another role or workspace. */
  readonly peopleChanged: () => void;
  broker(): { readonly clients: number; readonly dropped: number } | undefined;
  newId(): string;
  readonly log: Log;
}

/** The web server: the editor's files, the REST interface, `/in/*` and `/w/*` for flows, and `/metrics`. */
export function createApp(options: AppOptions): express.Express {
  const { accounts, workspaces } = options;
  const userOf = (request: Request): User | undefined => {
    const credential = credentialOf(request);
    return credential === undefined ? undefined : accounts.userOf(credential);
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders(options.hasTls));
  app.use(onlyFirstStart(accounts));
  app.use(httpIn(workspaces, options.newId));
  app.use(ABOUT_PEOPLE, onWrite(options.peopleChanged));
  app.get('/metrics', metrics({ workspaces, userOf, broker: options.broker }));
  app.use('/ingest', ingest({ deviceOf: (token) => options.credentials.byToken(token), ...options.source }));
  app.use('/api', refuseOtherSites, ...jsonBody((request) => userOf(request) !== undefined));
  app.get('/api/openapi.json', async (_request, response) => {
    const { openApiDocument } = await import('./openapi.ts');
    response.json(openApiDocument(options.version));
  });
  mountRoutes(app, createHandlers(options), {
    accounts,
    workspaceOf: (user) => workspaces.get(user.workspace),
    before: signInLimits(accounts),
  });
  app.use(SIGN_IN_OUTSIDE, signInRefusals(options.log));
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

/** Where sessions, roles and tokens are changed. */
const ABOUT_PEOPLE = ['/api/session', '/api/account', '/api/users', '/api/tokens'];

/** Calls back after each write, whatever came of it. */
function onWrite(listener: () => void): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET') response.once('finish', listener);
    next();
  };
}

const FIRST_START_PATHS = new Set(['/api/first-start', '/api/health']);

/** Until there is an account: the page that makes it, and nothing else. */
function onlyFirstStart(accounts: Accounts): RequestHandler {
  let isNeeded = accounts.isFirstStart();
  return (request, _response, next) => {
    if (isNeeded) isNeeded = accounts.isFirstStart();
    const isFile = !/^\/(api|in|w|ingest|metrics|socket\.io)(\/|$)/.test(request.path);
    next(isNeeded && !isFile && !FIRST_START_PATHS.has(request.path) ? firstStartNeeded() : undefined);
  };
}

const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  next(
    // A bearer text is sent by nobody who does not know it, so no page can use that of others.
    isWrite && !hasBearer(request) && !isSameSite(request)
      ? new SluiceError(
          'cross-site',
          'This request comes from a page of another site, so it was not carried out.',
        )
      : undefined,
  );
};
