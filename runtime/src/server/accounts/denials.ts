import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import type { AccountStore } from '../../storage/accounts.ts';
import type { AuditLog } from '../../storage/audit.ts';
import type { Log } from '../http/problem.ts';
import type { Caller } from './caller.ts';

/** The same denial is written once in this time, so that nobody floods the audit log. */
const QUIET_MS = 60_000;

/** Notes in the audit log what was refused to whom; at most one entry a minute for the same of each person. */
export interface Denials {
  /** A call of a route, or an event of a socket, that somebody may not make. */
  note(denied: {
    readonly caller: Caller | undefined;
    readonly address: string;
    /** Of the route or the event. */
    readonly name: string;
    readonly needs: Permission;
  }): void;
  /** A sign-in that failed, in all workspaces of the account; that of an unknown one in the first workspace. */
  noteSignIn(email: string, address: string): void;
}

export interface DenialsOptions {
  readonly audit: AuditLog;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where what is of no workspace is written. */
  readonly firstWorkspace: string;
}

export function createDenials(options: DenialsOptions): Denials {
  const { audit, accounts, clock, log, firstWorkspace } = options;
  const isNew = createQuiet(clock);

  function append(
    workspace: string,
    who: string,
    address: string,
    what: string,
    subject: string,
    details = {},
  ) {
    try {
      audit.append({ workspace, at: clock.now(), who, address, what, subject, details });
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
      log('error', `The disk is full, so the audit log lacks this: ${what} of “${subject}” for ${who}.`);
    }
  }

  return {
    note({ caller, address, name, needs }) {
      const who = caller?.who ?? '';
      const workspace = caller?.user.workspace ?? firstWorkspace;
      if (!isNew(JSON.stringify([workspace, who, name]))) return;
      append(workspace, who, address, 'denied', name, { needs, role: caller?.user.role ?? 'none' });
    },
    noteSignIn(email, address) {
      const account = accounts.accountByEmail(email);
      // What was typed for an address that is not known may be a password: it is not kept.
      const who = account?.email ?? '';
      if (!isNew(JSON.stringify(['session.refused', account === undefined ? address : who]))) return;
      const workspaces = account === undefined ? [] : accounts.memberships(account.id);
      const ids = workspaces.length === 0 ? [firstWorkspace] : workspaces.map(({ workspace }) => workspace);
      for (const workspace of ids) append(workspace, who, address, 'session.refused', who);
    },
  };
}

/** Whether something was not there in the last minute. What is older is forgotten. */
function createQuiet(clock: Clock): (key: string) => boolean {
  const seen = new Map<string, number>();
  return (key) => {
    const now = clock.now();
    // In order of time: the oldest come first.
    for (const [old, at] of seen) {
      if (now - at < QUIET_MS) break;
      seen.delete(old);
    }
    if (seen.has(key)) return false;
    seen.set(key, now);
    return true;
  };
}
