import type { ErrorCode } from '@sluice/shared/errors.ts';
import type { ClientEvents, ServerEvents } from '@sluice/shared/protocol/live.ts';
import type { Role, User } from '@sluice/shared/protocol/people.ts';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import * as z from 'zod';
import { credentialOf } from '../http/session.ts';
import type { Workspace, Workspaces } from '../workspace.ts';

/** What is known of an open socket. */
interface SocketState {
  /** The session, or the text of an API token. */
  readonly credential: string;
  /** The id of the person. */
  readonly user: string;
  readonly workspace: Workspace;
  /** As the page knows it. */
  role: Role;
}
export type LiveSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketState>;
export type LiveServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketState>;

export interface DoorOptions {
  readonly workspaces: Workspaces;
  userOf(credential: string): User | undefined;
}

/** The workspace that a page shows, where it says so: as the header of its requests. */
const shownSchema = z.object({ workspace: z.string() });
/** Sockets of one person, in all browsers together. */
const MOST_SOCKETS = 50;
/** The longest event of somebody who has signed in, bytes. */
export const EVENT_BYTES = 1_100_000;
/** What somebody may send in one go who has not signed in, bytes. */
const BEFORE_LOGIN_BYTES = 16_384;

/** Says who may open a socket, and ends those that may not stay. */
export interface Door {
  /**
   * Ends every socket whose person has signed out, was removed, or has gone to another workspace; tells those whose
   * person has another role.
   */
  check(): void;
  /** Ends one socket, and tells it why. */
  end(socket: LiveSocket, code: ErrorCode, sentence: string): void;
}

export function openDoor(io: LiveServer, options: DoorOptions): Door {
  const sockets = (): LiveSocket[] => [...io.sockets.sockets.values()];
  const countOf = (user: string): number => sockets().filter(({ data }) => data.user === user).length;
  const signedIn = new WeakMap<RawConnection, boolean>();
  io.engine.on('connection', (connection: RawConnection) => {
    signedIn.set(connection, false);
    limit(connection, BEFORE_LOGIN_BYTES);
    // From polling to WebSocket: another transport, with a limit of its own.
    connection.on('upgrade', () => {
      limit(connection, signedIn.get(connection) === true ? EVENT_BYTES : BEFORE_LOGIN_BYTES);
    });
  });
  io.use((socket, next) => {
    const refusal = signIn(socket, options, countOf);
    const connection = socket.conn as unknown as RawConnection;
    if (refusal === undefined) {
      signedIn.set(connection, true);
      limit(connection, EVENT_BYTES);
    }
    next(refusal);
  });
  options.workspaces.onClosed((workspace) => {
    for (const socket of sockets()) {
      if (socket.data.workspace === workspace)
        end(socket, 'not-found', 'This workspace is not there any more.');
    }
  });
  return {
    check() {
      for (const socket of sockets()) {
        const { credential, user, workspace } = socket.data;
        const now = options.userOf(credential);
        if (now?.id !== user || now.workspace !== workspace.id) {
          end(socket, 'not-signed-in', 'You are signed out, or go on in another workspace.');
        } else if (now.role !== socket.data.role) {
          socket.data.role = now.role;
          socket.emit('role', { role: now.role });
        }
      }
    },
    end,
  };
}

function end(socket: LiveSocket, code: ErrorCode, sentence: string): void {
  socket.emit('ended', { code, sentence });
  socket.disconnect(true);
}

function signIn(
  socket: LiveSocket,
  options: DoorOptions,
  countOf: (user: string) => number,
): Error | undefined {
  const credential = credentialOf(socket.request, socket.handshake.auth);
  const user = credential === undefined ? undefined : options.userOf(credential);
  const workspace = user === undefined ? undefined : options.workspaces.get(user.workspace);
  if (credential === undefined || user === undefined || workspace === undefined)
    return new Error('not-signed-in');
  const shown = shownSchema.safeParse(socket.handshake.auth).data?.workspace;
  if (shown !== undefined && shown !== workspace.id) return new Error('other-workspace');
  if (countOf(user.id) >= MOST_SOCKETS) return new Error('limit-reached');
  socket.data = { credential, user: user.id, workspace, role: user.role };
  return undefined;
}

/** A connection of engine.io below a socket; what its types leave out. */
interface RawConnection {
  readonly transport: {
    /** Of polling: the longest body of a POST. */
    maxHttpBufferSize: number;
    /** Of WebSocket, by `ws`: it closes a connection with a longer message before it has read all of it. */
    readonly socket?: { readonly _receiver?: { _maxPayload: number } };
  };
  on(event: 'upgrade', listener: () => void): void;
}

/** Nobody is known at first, so nobody gets much memory. */
function limit({ transport }: RawConnection, bytes: number): void {
  transport.maxHttpBufferSize = bytes;
  const receiver = transport.socket?._receiver;
  if (receiver !== undefined) receiver._maxPayload = bytes;
}
