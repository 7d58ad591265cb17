import type { Answer, ClientEvents, ServerEvents } from '@sluice/shared/protocol/live.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Socket } from 'socket.io-client';
import { createStore } from 'zustand/vanilla';
import { firstDrawing } from './firstDrawing.ts';
import { KEYS, queries } from './remoteQueries.ts';
import { type ReadStore, readOnly } from './store.ts';
import { browserTime, type Stop, type Time } from './time.ts';

type LiveSocket = Socket<ServerEvents, ClientEvents>;
type AskName = keyof ClientEvents;
type AskRequest<Name extends AskName> = Parameters<ClientEvents[Name]>[0];

/** How the live connection stands. `since` is when it broke, in ms since the epoch. */
export type ConnectionState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'reconnecting'; readonly since: number };

/** Asks the server by an event and gives its answer; never rejects, also when nobody answers. */
export type Ask = <Name extends AskName>(name: Name, request: AskRequest<Name>) => Promise<Answer>;

/** The live connection and how it stands. Listeners for events stay over reconnects; what is watched has to be asked for again. */
export interface LiveConnection extends ReadStore<ConnectionState> {
  /** Connects, and again whenever it breaks, until stopped. */
  start(): Stop;
  /** Connects without waiting for the next try. */
  tryNow(): void;
  /** Runs for each event of this name. */
  on<Name extends keyof ServerEvents>(name: Name, take: ServerEvents[Name]): Stop;
  /** Runs now, if connected, and after each time that it connects: the place to watch something from. */
  onConnected(run: () => void): Stop;
  readonly ask: Ask;
}

const ANSWER_WITHIN_MS = 10_000;
const CONNECT_AGAIN_MS = 3_000;
/** After the server ended the connection: the session may have a new token, as after a change of the password. */
const CONNECT_ANEW_MS = 500;

const NOBODY_ANSWERED: Answer = {
  ok: false,
  code: 'server-away',
  sentence: 'Sluice did not answer. Wait until the live connection is back, then try again.',
};

export interface LiveOptions {
  readonly time: Pick<Time, 'now' | 'after'>;
  /** Nothing is connected before. */
  readonly ready: Promise<void>;
  /** The workspace that the page shows; no connection is made to another one. */
  readonly workspace: () => string | undefined;
  /** Told when somebody may not be who they were: no connection is taken, one was ended, or their role is another. */
  readonly onDoubt: () => void;
}

/** A live connection to the server at `url`; not started. */
export function createLiveConnection(url: string, options: LiveOptions): LiveConnection {
  const { time, ready, onDoubt } = options;
  const store = createStore<ConnectionState>(() => ({ kind: 'off' }));
  const set = (state: ConnectionState) => store.setState(state, true);
  let socket: LiveSocket | undefined;
  /** Listeners from before there was a socket. */
  const waiting = new Set<(opened: LiveSocket) => void>();
  let stopTimer: Stop = () => {};

  // Socket.IO connects again by itself when the line breaks, and leaves it to us when the server said no or ended it.
  const connectLater = (delayMs = CONNECT_AGAIN_MS) => {
    stopTimer();
    if (store.getState().kind !== 'off') stopTimer = time.after(delayMs, () => void connect());
  };
  const brokeOff = (kind: ConnectionState['kind']) => {
    if (store.getState().kind === kind) set({ kind: 'reconnecting', since: time.now() });
  };
  const follow = (opened: LiveSocket) => {
    opened.on('connect', () => set({ kind: 'connected' }));
    opened.on('disconnect', (reason) => {
      brokeOff('connected');
      if (reason === 'io server disconnect') connectLater(CONNECT_ANEW_MS);
    });
    opened.on('connect_error', () => {
      brokeOff('connecting');
      if (opened.active) return;
      onDoubt();
      connectLater();
    });
    opened.on('ended', onDoubt);
    opened.on('role', onDoubt);
    for (const listen of waiting) listen(opened);
    waiting.clear();
  };
  const connect = async () => {
    try {
      await ready;
      const { io } = await import('socket.io-client');
      if (store.getState().kind === 'off') return;
      if (socket === undefined) {
        socket = io(url, {
          autoConnect: false,
          withCredentials: true,
          reconnectionDelayMax: 5_000,
          auth: (give) => give({ workspace: options.workspace() }),
        });
        follow(socket);
      }
      socket.connect();
    } catch {
      // The library could not be fetched: the server is away.
      brokeOff('connecting');
      connectLater();
    }
  };
  const listen = (attach: (opened: LiveSocket) => void, detach: (opened: LiveSocket) => void): Stop => {
    if (socket === undefined) waiting.add(attach);
    else attach(socket);
    return () => {
      waiting.delete(attach);
      if (socket !== undefined) detach(socket);
    };
  };

  return {
    ...readOnly(store),
    start() {
      set({ kind: 'connecting' });
      void connect();
      return () => {
        set({ kind: 'off' });
        stopTimer();
        socket?.disconnect();
      };
    },
    tryNow: () => void connect(),
    on: (name, take) => {
      // The names and what they bring are of one list; the library's own type of `on` adds its reserved names to it.
      const taken = take as never;
      return listen(
        (opened) => opened.on(name, taken),
        (opened) => opened.off(name, taken),
      );
    },
    onConnected(run) {
      const stop = listen(
        (opened) => opened.on('connect', run),
        (opened) => opened.off('connect', run),
      );
      if (socket?.connected === true) run();
      return stop;
    },
    ask: async (name, request) => (socket === undefined ? NOBODY_ANSWERED : await ask(socket, name, request)),
  };
}

async function ask<Name extends AskName>(
  socket: LiveSocket,
  name: Name,
  request: AskRequest<Name>,
): Promise<Answer> {
  try {
    const asking = socket.timeout(ANSWER_WITHIN_MS) as unknown as {
      emitWithAck(name: AskName, request: unknown): Promise<Answer>;
    };
    return await asking.emitWithAck(name, request);
  } catch {
    return NOBODY_ANSWERED;
  }
}

let shared: LiveConnection | undefined;

/** The one live connection of this page. The shell starts it when somebody is signed in. */
export function liveConnection(): LiveConnection {
  shared ??= createLiveConnection(window.location.origin, {
    time: browserTime,
    ready: firstDrawing,
    workspace: () => queries.getQueryData<User | null>(KEYS.session)?.workspace,
    // Asking who is signed in finds out; the answer brings up the sign-in, or takes away what the role may not do.
    onDoubt: () => void queries.refetchQueries({ queryKey: KEYS.session }),
  });
  return shared;
}
