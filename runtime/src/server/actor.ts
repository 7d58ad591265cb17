import type { AuditLog } from '../storage/audit.ts';
import type { Clock } from '@sluice/shared/node/context.ts';

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
