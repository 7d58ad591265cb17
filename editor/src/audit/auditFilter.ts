import { ROUTES } from '@sluice/shared/protocol/http.ts';
import { pathOf } from '../state/remote.ts';

/** Which entries are asked for, as it is written in the fields; an empty one asks for all. */
export interface AuditQuestion {
  readonly who: string;
  /** The name of an action. */
  readonly what: string;
  /** Days as a date field gives them, `2026-11-22`; both included. */
  readonly from: string;
  readonly until: string;
}

export const EVERYTHING: AuditQuestion = { who: '', what: '', from: '', until: '' };

/** What the routes take; days are those of this browser's clock. */
export function queryOf({ who, what, from, until }: AuditQuestion) {
  return {
    who: who.trim() === '' ? undefined : who.trim(),
    what: what === '' ? undefined : what,
    from: startOf(from),
    until: endOf(until),
  };
}

/** What is wrong with a question, as a sentence. */
export function questionProblem({ from, until }: AuditQuestion): string | undefined {
  const [start, end] = [startOf(from), endOf(until)];
  if (start === undefined || end === undefined || start <= end) return undefined;
  return 'The last day is before the first one. Change one of the two.';
}

/** From where the browser gets the entries as a file. */
export function exportPath(question: AuditQuestion, format: 'csv' | 'ndjson'): string {
  return pathOf(ROUTES.exportAudit.path, { query: { ...queryOf(question), format } });
}

function startOf(day: string): number | undefined {
  return atOf(day, (year, month, date) => new Date(year, month, date).getTime());
}

/** The last millisecond of a day, which is not always 24 hours long. */
function endOf(day: string): number | undefined {
  return atOf(day, (year, month, date) => new Date(year, month, date + 1).getTime() - 1);
}

function atOf(day: string, at: (year: number, month: number, date: number) => number): number | undefined {
  const [, year, month, date] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const ms = at(Number(year), Number(month) - 1, Number(date));
  return Number.isNaN(ms) ? undefined : ms;
}
