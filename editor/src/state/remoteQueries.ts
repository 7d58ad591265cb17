import type { Alarm, Device, FlowSummary } from '@sluice/shared/protocol/http.ts';
import type { Account, User } from '@sluice/shared/protocol/people.ts';
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { createStore } from 'zustand/vanilla';
import { createRemote } from './remote.ts';
import { RemoteError } from './remoteError.ts';
import { readOnly } from './store.ts';
import { browserTime } from './time.ts';

const FLOWS_EVERY_MS = 5_000;
const RETRIES = 2;

/** Whether somebody was signed in and is not any more, while a page is open whose edits must not be lost. */
const expiredStore = createStore<{ readonly isExpired: boolean }>(() => ({ isExpired: false }));
export const sessionExpiry = readOnly(expiredStore);

/** Who the session of this browser is by now, where that is not who and where this page was read for. */
const elsewhereStore = createStore<{ readonly user: User | undefined }>(() => ({ user: undefined }));
export const sessionElsewhere = readOnly(elsewhereStore);

/** The client of the server that this page came from. */
export const remote = createRemote({
  baseUrl: '',
  fetch: (...request) => fetch(...request),
  onSignedOut() {
    if (shownUser() != null) void lookForSession();
  },
  workspace: () => shownUser()?.workspace,
  onElsewhere: () => void queries.refetchQueries({ queryKey: KEYS.session }),
});

/** Another tab that changes the session, to another workspace or by a new password, has its new cookie within this. */
const COOKIE_WITHIN_MS = 500;
let isLooking = false;

/** Somebody was told that they are signed out: asks again, with the cookie that may just have come, before they are disturbed. */
async function lookForSession(): Promise<void> {
  if (isLooking || expiredStore.getState().isExpired) return;
  isLooking = true;
  await new Promise<void>((resolve) => void browserTime.after(COOKIE_WITHIN_MS, resolve));
  try {
    const user = await remote.call('session');
    queries.setQueryData<User | null>(KEYS.session, holdTo(shownUser() ?? user, user));
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEYS.session[0] });
  } catch (error) {
    const isOut = error instanceof RemoteError && error.code === 'not-signed-in';
    if (isOut && shownUser() != null) expiredStore.setState({ isExpired: true });
  } finally {
    isLooking = false;
  }
}

/** Who the page was read for. */
function shownUser(): User | null | undefined {
  return queries.getQueryData<User | null>(KEYS.session);
}

/** A try again helps when nobody answered or the server was busy, and never when it said no. */
export function isWorthRetrying(error: unknown): boolean {
  return error instanceof RemoteError && (error.status === 0 || error.status >= 502);
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < RETRIES && isWorthRetrying(error),
    },
    mutations: { retry: false },
  },
});

export const KEYS = {
  session: ['session'],
  account: ['account'],
  firstStart: ['first-start'],
  flows: ['flows'],
  devices: ['devices'],
  alarms: ['alarms'],
  connections: ['connections'],
  outboxes: ['outboxes'],
  versions: (flow: string) => ['versions', flow],
  deadLetters: (flow: string) => ['dead-letters', flow],
} as const;

export const sessionQuery = queryOptions({
  queryKey: KEYS.session,
  /**
   * `null` when nobody is signed in. A session that ends under an open page keeps its user, and one that goes on in
   * another workspace keeps the one that the page was read from: `sessionExpiry` and `sessionElsewhere` tell.
   */
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      const user = await remote.call('session', undefined, signal);
      return holdTo(shownUser() ?? user, user);
    } catch (error) {
      if (error instanceof RemoteError && error.code === 'not-signed-in') {
        return shownUser() ?? null;
      }
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who the page is for, after a look at who the session is: the same, with the role as it is now, or held as it was. */
function holdTo(shown: User, now: User): User {
  const isHere = isSamePlace(shown, now);
  elsewhereStore.setState({ user: isHere ? undefined : now });
  return isHere ? now : shown;
}

function isSamePlace(one: User, other: User): boolean {
  return one.id === other.id && one.workspace === other.workspace;
}

/** Who is signed in, with all their workspaces. */
export const accountQuery = queryOptions({
  queryKey: KEYS.account,
  queryFn: ({ signal }) => remote.call('account', undefined, signal),
});

/** Whether the first account still has to be made. */
export const firstStartQuery = queryOptions({
  queryKey: KEYS.firstStart,
  queryFn: ({ signal }) => remote.call('firstStart', undefined, signal),
});

export const flowsQuery = queryOptions({
  queryKey: KEYS.flows,
  queryFn: ({ signal }) => remote.call('flows', undefined, signal),
  refetchInterval: FLOWS_EVERY_MS,
});

export const devicesQuery = queryOptions({
  queryKey: KEYS.devices,
  queryFn: ({ signal }) => remote.call('devices', undefined, signal),
});

export const openAlarmsQuery = queryOptions({
  queryKey: KEYS.alarms,
  queryFn: ({ signal }) => remote.call('alarms', { query: { state: 'active' } }, signal),
});

export const connectionsQuery = queryOptions({
  queryKey: KEYS.connections,
  queryFn: ({ signal }) => remote.call('connections', undefined, signal),
});

/** Who is signed in. For use below the sign-in guard, where it is never nobody. */
export function useUser(): User {
  const { data } = useQuery(sessionQuery);
  if (data == null)
    throw new RemoteError('not-signed-in', 'Nobody is signed in. Sign in and open the page again.');
  return data;
}

/**
 * Takes in who signed in, and reads everything anew that the one before may have seen. Who signs in again over an open
 * page and lands in another workspace is asked first: what is on the page is not saved into that one.
 */
export function acceptUser(user: User): void {
  const { isExpired } = expiredStore.getState();
  expiredStore.setState({ isExpired: false });
  const before = shownUser();
  if (before != null && !isSamePlace(before, user)) {
    if (isExpired) {
      elsewhereStore.setState({ user });
      return;
    }
    queries.clear();
  }
  queries.setQueryData<User | null>(KEYS.session, user);
  void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEYS.session[0] });
}

/** Goes back to the workspace that the page shows; gives the account as it is there. */
export async function comeBack(): Promise<Account> {
  const shown = shownUser();
  const account = await remote.call('chooseWorkspace', { body: { workspace: shown?.workspace ?? '' } });
  await queries.refetchQueries({ queryKey: KEYS.session });
  void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEYS.session[0] });
  return account;
}

/** Signs out here and on the server, and forgets what was read. */
export async function signOut(): Promise<void> {
  await remote.call('signOut');
  queries.clear();
  queries.setQueryData<User | null>(KEYS.session, null);
}

/** Puts devices that changed in the place of what is known of them; new ones go to the end. */
export function mergeDevices(known: readonly Device[], changed: readonly Device[]): Device[] {
  const news = new Map(changed.map((device) => [device.id, device]));
  const merged = known.map((device) => {
    const newer = news.get(device.id);
    news.delete(device.id);
    return newer ?? device;
  });
  return [...merged, ...news.values()];
}

/** Takes an alarm that was raised, repeated or cleared into the list of open ones, newest first. */
export function mergeAlarm(open: readonly Alarm[], changed: Alarm): Alarm[] {
  const others = open.filter((alarm) => alarm.id !== changed.id);
  return changed.state === 'active'
    ? [changed, ...others].sort((one, other) => other.raisedAt - one.raisedAt)
    : others;
}

/** Takes what the server answered about one flow into the list of all. */
export function learnFlow(id: string, news: Partial<FlowSummary>): void {
  queries.setQueryData<FlowSummary[]>(KEYS.flows, (flows) =>
    flows?.map((flow) => (flow.id === id ? { ...flow, ...news } : flow)),
  );
}
