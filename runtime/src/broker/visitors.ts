import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { Identity } from './identity.ts';
import { prefixOf } from './identity.ts';
import type { SignInAnswer } from './signIn.ts';

/** A client of aedes, as far as this needs it. */
interface Closable {
  close(): void;
}

/** A client whose CONNECT was read. */
export interface Visitor {
  readonly answer: SignInAnswer;
  /** What its topics begin with inside the broker. */
  readonly prefix: string;
  /** Its right was taken: nothing of it is published or sent any more, its will included. */
  isOut: boolean;
}

/** Who is connected, by the clients of aedes. */
export interface Visitors {
  enter(client: Closable, answer: SignInAnswer): Visitor;
  of(client: object): Visitor | undefined;
  left(client: Closable): void;
  /** Closes the connections of those for whom this holds, at once. */
  close(isMeant: (identity: Identity) => boolean): void;
  /** May be called twice. */
  stop(): void;
}

/** How often it is looked for credentials that have ended. */
const EXPIRY_MS = 10_000;

export function createVisitors(time: RunnerTime): Visitors {
  const byClient = new WeakMap<object, Visitor>();
  /** Those that signed in: nobody else can be closed or end. */
  const signedIn = new Map<Closable, Identity>();

  function close(isMeant: (identity: Identity) => boolean): void {
    for (const [client, identity] of signedIn) {
      if (!isMeant(identity)) continue;
      const visitor = byClient.get(client);
      if (visitor !== undefined) visitor.isOut = true;
      signedIn.delete(client);
      client.close();
    }
  }

  const stop = every(time, EXPIRY_MS, () => {
    const now = time.now();
    close((identity) => identity.kind === 'device' && hasEnded(identity.expiresAt, now));
  });
  return {
    enter(client, answer) {
      const prefix = answer.ok ? prefixOf(answer.identity.workspace) : '';
      const visitor = { answer, prefix, isOut: false };
      byClient.set(client, visitor);
      if (answer.ok && answer.identity.kind !== 'local') signedIn.set(client, answer.identity);
      return visitor;
    },
    of: (client) => byClient.get(client),
    left: (client) => void signedIn.delete(client),
    close,
    stop,
  };
}

function hasEnded(expiresAt: number | undefined, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}
