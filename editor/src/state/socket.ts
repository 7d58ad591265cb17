import type { Answer, ClientEvents, ServerEvents } from '@sluice/shared/protocol/live.ts';
import { io, type Socket } from 'socket.io-client';
import { createStore } from 'zustand/vanilla';
import { KEYS, queries } from './remoteQueries.ts';
import { type ReadStore, readOnly } from './store.ts';
import { browserTime, type Stop, type Time } from './time.ts';

export type LiveSocket = Socket<ServerEvents, ClientEvents>;

/** How the live connection stands. `since` is when it broke, in ms since the epoch. */
export type ConnectionState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'reconnecting'; readonly since: number };

/** The live socket and how it stands. Listeners for events stay over reconnects; what is watched has to be asked for again. */
export interface LiveConnection extends ReadStore<ConnectionState> {
  readonly socket: LiveSocket;
  /** Connects, and again whenever it breaks, until stopped. */
  start(): Stop;
  /** Runs now, if connected, and after each time that it connects: the place to watch something from. */
  onConnected(run: () => void): Stop;
}

const ANSWER_WITHIN_MS = 10_000;
const CONNECT_AGAIN_MS = 3_000;

/** A live connection to the server at `url`; not started. `onRefused` is told when the server takes no connection of ours. */
export function createLiveConnection(
  url: string,
  { time, onRefused }: { readonly time: Pick<Time, 'now' | 'after'>; readonly onRefused: () => void },
): LiveConnection {
  const socket: LiveSocket = io(url, {
    autoConnect: false,
    withCredentials: true,
    reconnectionDelayMax: 5_000,
  });
  const store = createStore<ConnectionState>(() => ({ kind: 'off' }));
  const set = (state: ConnectionState) => store.setState(state, true);
  let stopTimer: Stop = () => {};

  // Socket.IO connects again by itself when the line breaks, and leaves it to us when the server said no or ended it.
  const connectLater = () => {
    stopTimer();
    if (store.getState().kind !== 'off') stopTimer = time.after(CONNECT_AGAIN_MS, () => socket.connect());
  };
  socket.on('connect', () => set({ kind: 'connected' }));
  socket.on('disconnect', (reason) => {
    if (store.getState().kind === 'connected') set({ kind: 'reconnecting', since: time.now() });
    if (reason === 'io server disconnect') connectLater();
  });
  socket.on('connect_error', () => {
    if (store.getState().kind === 'connecting') set({ kind: 'reconnecting', since: time.now() });
    if (socket.active) return;
    onRefused();
    connectLater();
  });

  return {
    ...readOnly(store),
    socket,
    start() {
      set({ kind: 'connecting' });
      socket.connect();
      return () => {
        set({ kind: 'off' });
        stopTimer();
        socket.disconnect();
      };
    },
    onConnected(run) {
      socket.on('connect', run);
      if (socket.connected) run();
      return () => socket.off('connect', run);
    },
  };
}

type AskName = keyof ClientEvents;
type AskRequest<Name extends AskName> = Parameters<ClientEvents[Name]>[0];

/** Asks the server by an event and gives its answer; never rejects, also when nobody answers. */
export async function ask<Name extends AskName>(
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
    return {
      ok: false,
      code: 'server-away',
      sentence: 'Sluice did not answer. Wait until the live connection is back, then try again.',
    };
  }
}

let shared: LiveConnection | undefined;

/** The one live connection of this page. The shell starts it when somebody is signed in. */
export function liveConnection(): LiveConnection {
  shared ??= createLiveConnection(window.location.origin, {
    time: browserTime,
    // A session that has ended is found by asking who is signed in; the answer brings up the sign-in.
    onRefused: () => void queries.refetchQueries({ queryKey: KEYS.session }),
  });
  return shared;
}
