import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { AuditLog } from '../storage/audit.ts';
import type { Log } from './http/problem.ts';

/** Who does something, and from where. */
export interface Actor {
  /** The e-mail of the account, or `sluice` for the server itself. */
  readonly who: string;
  readonly address: string;
}

export const SLUICE_ITSELF: Actor = { who: 'sluice', address: '' };

/** Notes in the audit log that somebody did something. */
export type Note = (
  actor: Actor,
  what: string,
  subject: string,
  details?: Readonly<Record<string, string | number | boolean>>,
) => void;

export function createNote(audit: AuditLog, clock: Clock, workspace: string): Note {
  return ({ who, address }, what, subject, details = {}) =>
    audit.append({ workspace, at: clock.now(), who, address, what, subject, details });
}

/** For what must be possible while the disk is full, as stopping a flow: then the log has what the audit log lacks. */
export function createNoteOfDone(note: Note, log: Log): Note {
  return (actor, what, subject, details) => {
    try {
      note(actor, what, subject, details);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
      log(
        'error',
        `The disk is full, so the audit log lacks this: ${actor.who} did ${what} of “${subject}”.`,
      );
    }
  };
}
