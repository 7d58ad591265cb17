import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { formatExact } from '../ui/formatTime.ts';
import { formatNumber } from '../ui/formatValue.ts';

/** What each action is called by people, by the name that the server records it under. */
export const ACTION_WORDS: Readonly<Record<string, string>> = {
  'account.create': 'Made the first account',
  'account.name': 'Changed their name',
  'account.password': 'Changed their password',
  'account.recoveryCodes': 'Made new recovery codes',
  'account.secondFactor': 'Changed whether an authenticator is asked for',
  'audit.trim': 'Deleted old entries of this log',
  'connection.create': 'Made a connection',
  'connection.delete': 'Deleted a connection',
  'connection.save': 'Changed a connection',
  'credential.create': 'Gave a device a credential',
  'credential.revoke': 'Revoked a credential of a device',
  'dead-letter.drop': 'Deleted a failed message',
  'dead-letter.drop-all': 'Deleted failed messages',
  'dead-letter.replay': 'Sent a failed message again',
  'dead-letter.replay-all': 'Sent failed messages again',
  denied: 'Was refused',
  'device.create': 'Added a device',
  'device.edit': 'Changed a device',
  'flow.create': 'Made a flow',
  'flow.delete': 'Deleted a flow',
  'flow.deploy': 'Deployed a flow',
  'flow.save': 'Saved the draft of a flow',
  'flow.start': 'Started a flow',
  'flow.stop': 'Stopped a flow',
  'invitation.accept': 'Accepted an invitation',
  'invitation.create': 'Invited somebody',
  'invitation.withdraw': 'Withdrew an invitation',
  'limits.save': 'Changed the limits',
  'outbox.clear': 'Deleted what waited in an outbox',
  'retention.save': 'Changed how long things are kept',
  'secrets.rotate': 'Renewed the keys of the secrets',
  'session.choose': 'Came over from another workspace',
  'session.end': 'Ended a session of their own',
  'session.endAll': 'Signed out everywhere',
  'session.open': 'Signed in',
  'session.refused': 'Failed to sign in',
  'state.clear': 'Deleted a value that a node keeps',
  'state.clear-all': 'Deleted all that a node keeps',
  'state.set': 'Changed a value that a node keeps',
  'token.create': 'Made an API token',
  'token.delete': 'Revoked an API token',
  'user.remove': 'Removed somebody from the workspace',
  'user.role': 'Changed the role of somebody',
  'user.signOut': 'Signed somebody out',
  'workspace.create': 'Made a workspace',
  'workspace.delete': 'Deleted a workspace',
  'workspace.save': 'Renamed a workspace',
};

/** The action in words; its name where the server is newer than this page. */
export function actionOf({ what }: Pick<AuditEntry, 'what'>): string {
  return ACTION_WORDS[what] ?? what;
}

/** Who it was: nobody who is known, the server itself, or whoever the log names. */
export function whoOf({ who }: Pick<AuditEntry, 'who'>): string {
  if (who === '') return 'Nobody known';
  return who === 'sluice' ? 'Sluice itself' : who;
}

/** What it was done to: by its name where the entry has one, as people know it by that. */
export function subjectOf({ what, subject, who, details }: AuditEntry): string {
  const { name } = details;
  if (what === 'denied') return `asked for ${subject}`;
  // What people do to their own account needs no second naming.
  if (subject === who) return '';
  return typeof name === 'string' && name !== '' ? name : subject;
}

export interface Detail {
  readonly name: string;
  readonly value: string;
}

/** What may give a thing another name: `before` is the old one, `name` the new. */
const RENAMES = new Set(['workspace.save', 'connection.save', 'device.edit']);

/** The details of an entry as people read them; what was before and what is after stand in one line. */
export function detailsOf({ what, details }: Pick<AuditEntry, 'what' | 'details'>): readonly Detail[] {
  const { before, after, ...others } = details;
  const isRenamed = RENAMES.has(what) && before !== undefined;
  const changed = isRenamed ? others['name'] : after;
  const lines = Object.entries(others)
    .filter(([name]) => !(isRenamed && name === 'name'))
    .map(([name, value]) => ({ name: detailName(name), value: valueOf(name, value) }));
  if (before === undefined) {
    return after === undefined ? lines : [{ name: 'After', value: valueOf('after', after) }, ...lines];
  }
  if (changed === undefined) return [{ name: 'Before', value: valueOf('before', before) }, ...lines];
  const value = `${valueOf('before', before)} → ${valueOf('after', changed)}`;
  return [{ name: 'Before → after', value }, ...lines];
}

/** The name stands there already, and an id says nothing in a list. */
const NOT_IN_LINE = new Set(['Name', 'Credential']);

/** The same in one line, for a list. */
export function detailLine(entry: Pick<AuditEntry, 'what' | 'details'>): string {
  return detailsOf(entry)
    .filter(({ name }) => !NOT_IN_LINE.has(name))
    .map(({ name, value }) => (name === 'Before → after' ? value : `${name} ${value}`))
    .join(', ');
}

/** `deadLettersPerFlow` as `Dead letters per flow`. */
function detailName(name: string): string {
  if (name === 'isAsked') return 'Asked for';
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueOf(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value === '' ? 'nothing' : value;
  return name === 'until' ? formatExact(value) : formatNumber(value);
}
