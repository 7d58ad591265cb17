import type { Server as HttpServer } from 'node:http';
import { ERRORS, SluiceError } from '@sluice/shared/errors.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import type { Answer, ClientEvents, Inject } from '@sluice/shared/protocol/live.ts';
import { injectSchema, pauseSchema, unwatchSchema, watchSchema } from '@sluice/shared/protocol/live.ts';
import { Server } from 'socket.io';
import * as z from 'zod';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import { isSameSite } from '../http/origin.ts';
import { requirePermission } from '../http/permission.ts';
import type { Log } from '../http/problem.ts';
import { parseInput, toProblem } from '../http/problem.ts';
import type { Workspace, Workspaces } from '../workspace.ts';
import type { Door, LiveServer, LiveSocket } from './door.ts';
import { EVENT_BYTES, openDoor } from './door.ts';
import { createEventRate, MOST_EVENTS_A_SECOND } from './eventRate.ts';
import type { Viewer } from './viewers.ts';

export interface LiveOptions {
  readonly http: HttpServer;
  readonly workspaces: Workspaces;
  /** Who a session or an API token stands for, as they may act now. */
  userOf(credential: string): User | undefined;
  /** Into the audit log: an event that somebody may not send. */
  noteDenied(denied: {
    readonly credential: string;
    readonly address: string;
    /** Of the event. */
    readonly name: string;
    readonly needs: Permission;
  }): void;
  readonly time: RunnerTime;
  newId(): string;
  readonly log: Log;
}

export interface Live {
  /** Looks at every socket at once: somebody has signed out, was removed or has another workspace now. */
  check(): void;
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

const FLOWS_CAP = 50;
/** Sign-outs by way of this process are told at once; this finds all others. */
const CHECK_MS = 2_000;
/** How long a connection may take to say who it is. */
const CONNECT_MS = 5_000;
/** Frames that wait for a page that does not keep up, before it gets fewer of them. */
const SLOW_FRAMES = 32;

/** Opens the live socket on the port of the web server: same session, same site. */
export function openLive(options: LiveOptions): Live {
  const io: LiveServer = new Server(options.http, {
    serveClient: false,
    maxHttpBufferSize: EVENT_BYTES,
    perMessageDeflate: false,
    connectTimeout: CONNECT_MS,
    allowRequest: (request, done) => done(null, isSameSite(request)),
  });
  const door = openDoor(io, options);
  io.on('connection', (socket) => serve(socket, door, options));
  const stopChecks = every(options.time, CHECK_MS, () => door.check());
  let stopping: Promise<void> | undefined;
  return {
    check: () => door.check(),
    stop() {
      stopping ??= (async () => {
        stopChecks();
        await io.close();
      })();
      return stopping;
    },
  };
}

function serve(socket: LiveSocket, door: Door, options: LiveOptions): void {
  const { workspace } = socket.data;
  const { hub } = workspace;
  limitRate(socket, door, options.time);
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
        requireEvent(event, socket, options);
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

/** Throws `not-signed-in` or `not-allowed`, which is noted. */
function requireEvent(event: keyof ClientEvents, socket: LiveSocket, options: LiveOptions): void {
  const needs = LIVE_PERMISSIONS[event];
  try {
    requirePermission(needs, personOf(socket, options));
  } catch (error) {
    const { data, handshake } = socket;
    options.noteDenied({
      name: event,
      needs,
      credential: data.credential,
      address: handshake.address,
    });
    throw error;
  }
}

/** Who sends, as long as they are in the workspace of the socket. */
function personOf(socket: LiveSocket, options: LiveOptions): User | undefined {
  const user = options.userOf(socket.data.credential);
  return user?.workspace === socket.data.workspace.id ? user : undefined;
}

/** Counts every event, those that nobody listens to as well. */
function limitRate(socket: LiveSocket, door: Door, time: RunnerTime): void {
  const rate = createEventRate();
  socket.use((_event, next) => {
    if (rate.take(time.now())) return next();
    door.end(
      socket,
      'too-many-tries',
      `This page sent more than ${MOST_EVENTS_A_SECOND} events in a second, so its connection was ended.`,
    );
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
