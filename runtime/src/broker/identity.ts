// Who a client of the broker is, and what that allows. Inside the broker the topics of the first workspace are plain;
// those of another are below `$ws/<workspace>/`, where no filter of anybody else reaches: a wildcard never matches a first
// level with $ (OASIS MQTT 3.1.1, section 4.7.2), and no client may name one. On the wire all topics are plain.

/** The workspace whose topics are plain inside the broker too, and that the local network belongs to. */
const PLAIN_WORKSPACE = 'main';

export type Identity =
  /** Somebody on this machine who did not sign in. */
  | { readonly kind: 'local'; readonly workspace: string }
  /** The runner of a workspace, or another part of the server that acts for it. */
  | { readonly kind: 'runner'; readonly workspace: string; readonly credential: string }
  | {
      readonly kind: 'device';
      readonly workspace: string;
      readonly device: string;
      readonly credential: string;
      /** When the credential ends, ms since the epoch. */
      readonly expiresAt: number | undefined;
    };

/** Nobody in particular on this machine. */
export const LOCAL: Identity = { kind: 'local', workspace: PLAIN_WORKSPACE };

const WORKSPACES = '$ws/';

/** What the topics of a workspace begin with inside the broker. */
export function prefixOf(workspace: string): string {
  return workspace === PLAIN_WORKSPACE ? '' : `${WORKSPACES}${encodeURIComponent(workspace)}/`;
}

/** The topic or filter of a client as it is inside the broker. One without any text stays so, and is refused there. */
export function toInner(prefix: string, topic: string): string {
  return topic === '' ? '' : prefix + topic;
}

/** The topic as clients of its workspace see it. */
export function toOuter(prefix: string, topic: string): string {
  return prefix !== '' && topic.startsWith(prefix) ? topic.slice(prefix.length) : topic;
}

/** Whose topic it is, and how it is called there. */
export function placeOf(inner: string): { readonly workspace: string; readonly topic: string } {
  if (!inner.startsWith(WORKSPACES)) return { workspace: PLAIN_WORKSPACE, topic: inner };
  const end = inner.indexOf('/', WORKSPACES.length);
  return {
    workspace: decodeURIComponent(inner.slice(WORKSPACES.length, end)),
    topic: inner.slice(end + 1),
  };
}

/**
 * Whether a topic, or all that a filter matches, is for this client. What begins with $ is the broker’s own: `$SYS`, the
 * topics of other workspaces, and `$share`, because subscriptions that are shared are no part of MQTT 3.1.1.
 */
export function isWithin(identity: Identity, inner: string): boolean {
  const prefix = prefixOf(identity.workspace);
  if (!inner.startsWith(prefix)) return false;
  if (inner.startsWith('$', prefix.length)) return false;
  return identity.kind !== 'device' || inner.startsWith(`${prefix}devices/${identity.device}/`);
}

/**
 * What a client id is inside the broker, so that a session belongs to who made it: another one who comes with the same
 * id gets a session of its own. `undefined` for ids that nobody may have.
 */
export function innerClientId(identity: Identity, clientId: string, newId: () => string): string | undefined {
  const own = clientId === '' ? newId() : clientId;
  if (identity.kind === 'local') return own.startsWith('$') ? undefined : own;
  return sessionsOf(identity) + own;
}

/** What the ids of all clients of a runner or a device begin with. */
export function sessionsOf(who: Exclude<Identity, { kind: 'local' }>): string {
  const workspace = sessionsOfWorkspace(who.workspace);
  return who.kind === 'runner'
    ? `${workspace}runner/`
    : `${workspace}devices/${encodeURIComponent(who.device)}/`;
}

/** What the ids of all clients that signed in to a workspace begin with. */
export function sessionsOfWorkspace(workspace: string): string {
  return `$${encodeURIComponent(workspace)}/`;
}

/** Whether it is the session of a runner that signed in. */
export function isRunnerSession(innerId: string): boolean {
  return /^\$[^/]+\/runner\//.test(innerId);
}

/** Whether a device may be called so: it is one level of a topic. */
export function isDeviceId(id: string): boolean {
  return id.length > 0 && id.length <= 128 && !/[/+#\p{Cc}]/u.test(id) && id.isWellFormed();
}
