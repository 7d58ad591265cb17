import type { ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { TestState } from '../dryRun/testState.ts';
import { count } from '../flow/count.ts';

/** What the scenarios of a draft say before it is deployed. */
export type CheckState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly total: number }
  | { readonly kind: 'passing'; readonly total: number }
  | { readonly kind: 'failing'; readonly total: number; readonly failing: readonly ScenarioOutcome[] }
  /** They could not be run. */
  | { readonly kind: 'unknown'; readonly sentence: string };

export function checkState(outcomes: TestState['outcomes'], total: number): CheckState {
  if (total === 0) return { kind: 'none' };
  if (outcomes === undefined || outcomes.kind === 'running') return { kind: 'running', total };
  if (outcomes.kind === 'failed') return { kind: 'unknown', sentence: outcomes.sentence };
  const failing = outcomes.list.filter(({ isPassed }) => !isPassed);
  return failing.length === 0 ? { kind: 'passing', total } : { kind: 'failing', total, failing };
}

/** Whether a deploy has to be asked for twice. */
export function needsConfirmation(check: CheckState): boolean {
  return check.kind === 'failing' || check.kind === 'unknown';
}

export function checkSummary(check: Exclude<CheckState, { kind: 'none' }>): string {
  switch (check.kind) {
    case 'running':
      return `Running ${count(check.total, 'scenario')}`;
    case 'passing':
      return `${check.total} of ${count(check.total, 'scenario')} ${check.total === 1 ? 'passes' : 'pass'}`;
    case 'failing':
      return `${check.failing.length} of ${count(check.total, 'scenario')} ${check.failing.length === 1 ? 'fails' : 'fail'}`;
    case 'unknown':
      return `The scenarios could not be run: ${check.sentence}`;
  }
}
