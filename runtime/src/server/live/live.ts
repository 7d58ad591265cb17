import type { Server as HttpServer } from 'node:http';
import { ERRORS, SluiceError } from '@sluice/shared/errors.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import type { Answer, ClientEvents, Inject, ServerEvents } from '@sluice/shared/protocol/live.ts';
import { injectSchema, pauseSchema, unwatchSchema, watchSchema } from '@sluice/shared/protocol/live.ts';
import type { DefaultEventsMap, Socket } from 'socket.io';
import { Server } from 'socket.io';
import * as z from 'zod';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import { isSameSite } from '../http/origin.ts';
import { requirePermission } from '../http/permission.ts';
import type { Log } from '../http/problem.ts';
import { parseInput, toProblem } from '../http/problem.ts';
import { sessionTokenOf } from '../http/session.ts';
import type { Workspace, Workspaces } from '../workspace.ts';
import type { Hub } from './hub.ts';
import { createHub } from './hub.ts';
import type { Viewer } from './viewers.ts';

export interface LiveOptions {
  readonly http: HttpServer;
  readonly workspaces: Workspaces;
  userOf(token: string): User | undefined;
  readonly time: RunnerTime;
  newId(): string;
  readonly log: Log;
}

export interface Live {
  /** Closes every socket; may be called twice. */
  stop(): Promise<void>;
}

/** Who may send what. The socket's rows of the one table of permissions; the routes have theirs in ROUTES. */
export const LIVE_PERMISSIONS: Readonly<Record<keyof ClientEvents, Permission>> = {
  watch: 'signed-in',
  unwatch: 'signed-in',
  pause: 'signed-in',
  watchDevices: 'signed-in',
  inject: 'integrator',
};

/** The largest event that a client may send, bytes. */
const EVENT_BYTES = 1_100_000;
const FLOWS_CAP = 50;
const SESSION_CHECK_MS = 30_000;
/** Frames that wait for a page that does not keep up, before it gets fewer of them. */
const SLOW_FRAMES = 32;

interface SocketState {
  readonly token: string;
  readonly workspace: Workspace;
}
type LiveSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketState>;
type LiveServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketState>;

/** Opens the live socket on the port of the web server: same session, same site. */
export function openLive(options: LiveOptions): Live {
  const io: LiveServer = new Server(options.http, {
    serveClient: false,
    maxHttpBufferSize: EVENT_BYTES,
    perMessageDeflate: false,
    allowRequest: (request, done) => done(null, isSameSite(request)),
  });
  const hubs = new Map<string, Hub>();
  for (const workspace of options.workspaces.values()) {
    hubs.set(workspace.id, createHub(workspace, options.time, options.newId));
  }
  io.use((socket, next) => next(signIn(socket, options)));
  io.on('connection', (socket) => {
    const hub = hubs.get(socket.data.workspace.id);
    if (hub !== undefined) serve(socket, hub, options);
  });
  const stopChecks = every(options.time, SESSION_CHECK_MS, () => {
    for (const socket of io.sockets.sockets.values()) {
      if (options.userOf(socket.data.token) === undefined) socket.disconnect(true);
    }
  });
  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= (async () => {
        stopChecks();
        for (const hub of hubs.values()) hub.stop();
        await io.close();
      })();
      return stopping;
    },
  };
}

function signIn(socket: LiveSocket, options: LiveOptions): Error | undefined {
  const token = sessionTokenOf(socket.request);
  const user = token === undefined ? undefined : options.userOf(token);
  const workspace = user === undefined ? undefined : options.workspaces.get(user.workspace);
  if (token === undefined || workspace === undefined) return new Error('not-signed-in');
  socket.data = { token, workspace };
  return undefined;
}

function serve(socket: LiveSocket, hub: Hub, options: LiveOptions): void {
  const { workspace, token } = socket.data;
  const viewer = viewerOf(socket);
  hub.join(viewer);
  socket.on('disconnect', () => hub.leave(viewer));

  /** Checks who it is, what they sent, and answers; never throws. */
  function on<S extends z.ZodType>(
    event: keyof ClientEvents,
    schema: S,
    act: (request: z.output<S>) => void | Promise<void>,
  ): void {
    socket.on(event, async (request: unknown, answer: unknown) => {
      const result = await attempt(options.log, async () => {
        requirePermission(LIVE_PERMISSIONS[event], options.userOf(token));
        await act(parseInput(schema, request, 'the event'));
      });
      if (typeof answer === 'function') answer(result);
    });
  }

  on('watch', watchSchema, ({ flow, nodes }) => {
    workspace.flows.get(flow);
    if (!hub.isWatching(viewer, flow) && hub.watchedBy(viewer) >= FLOWS_CAP) {
      throw new SluiceError('invalid-input', `A page watches ${FLOWS_CAP} flows at most.`);
    }
    hub.watch(viewer, flow, nodes);
  });
  on('unwatch', unwatchSchema, ({ flow }) => hub.unwatch(viewer, flow));
  on('pause', pauseSchema, ({ flow, paused }) => hub.pause(viewer, flow, paused));
  on('watchDevices', z.object({ on: z.boolean() }), ({ on }) => hub.watchDevices(viewer, on));
  on('inject', injectSchema, async (request) => {
    workspace.flows.get(request.flow);
    await inject(workspace, request, options);
  });
}

async function inject(workspace: Workspace, request: Inject, options: LiveOptions): Promise<void> {
  const { flow, node, port, message } = request;
  const made =
    message === undefined
      ? undefined
      : createMessage({ id: options.newId(), time: options.time.now(), ...message });
  const answer = await workspace.host.inject(flow, node, port, made);
  if (!answer.ok) throw new SluiceError(answer.code, answer.sentence);
}

async function attempt(log: Log, work: () => Promise<void>): Promise<Answer> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    const problem = toProblem(error);
    if (ERRORS[problem.code].status === 500) log('error', `Live socket: ${String(error)}`);
    return { ok: false, code: problem.code, sentence: problem.message };
  }
}

function viewerOf(socket: LiveSocket): Viewer {
  // What engine.io has not handed to the transport yet; not in its types.
  const connection = socket.conn as unknown as { readonly writeBuffer: readonly unknown[] };
  return {
    send: (event, ...payload) => void socket.emit(event, ...payload),
    isSlow: () => connection.writeBuffer.length > SLOW_FRAMES,
  };
}
