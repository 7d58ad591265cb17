import { useEffect } from 'react';
import { useStore } from 'zustand';
import { ScenarioOutcomeLine } from '../dryRun/ScenarioOutcomeLine.tsx';
import { isSameWork } from '../dryRun/sample.ts';
import { useTests } from '../dryRun/useTests.ts';
import { useDocument } from '../flow/EditorContext.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { type CheckState, checkState, checkSummary } from './checkState.ts';

/** How the scenarios of the draft stand; they are run when they were not yet, as the draft is now. */
export function useScenarioCheck(): CheckState {
  const tests = useTests();
  const flow = useDocument((state) => state.flow);
  const outcomes = useStore(tests, (state) => state.outcomes);
  const isKnown =
    outcomes?.kind === 'done' &&
    isSameWork(outcomes.flow, flow) &&
    outcomes.flow.scenarios === flow.scenarios;
  useEffect(() => {
    if (!isKnown) void tests.runScenarios();
    // Once for each draft: one that could not be run is tried again with the next one.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [tests, flow]);
  const isToCome = !isKnown && outcomes?.kind !== 'failed';
  return checkState(isToCome ? { kind: 'running' } : outcomes, flow.scenarios.length);
}

export interface ScenarioCheckProps {
  readonly check: CheckState;
  readonly isConfirmed: boolean;
  readonly onConfirm: (isConfirmed: boolean) => void;
}

/** What the scenarios say of the draft before it is deployed. One that fails asks, and never stops a deploy. */
export function ScenarioCheck({ check, isConfirmed, onConfirm }: ScenarioCheckProps) {
  return (
    <section aria-label="Scenarios" className="flex flex-col gap-2">
      <h3 className="font-medium">Scenarios</h3>
      <Standing check={check} />
      {(check.kind === 'failing' || check.kind === 'unknown') && (
        <Checkbox isSelected={isConfirmed} onChange={onConfirm}>
          Deploy all the same
        </Checkbox>
      )}
    </section>
  );
}

function Standing({ check }: { readonly check: CheckState }) {
  switch (check.kind) {
    case 'none':
      return (
        <p className="text-ink-soft">
          None yet. Try the draft in the Test tab on the right and keep that as a scenario: it is run here
          then.
        </p>
      );
    case 'running':
      return <Spinner label={checkSummary(check)} size={16} />;
    case 'passing':
      return <StatusDot status="good" word={checkSummary(check)} />;
    case 'unknown':
      return (
        <p role="alert" className="text-danger">
          {checkSummary(check)}
        </p>
      );
    case 'failing':
      return (
        <div role="alert" className="flex flex-col gap-2">
          <StatusDot status="danger" word={checkSummary(check)} />
          <ul className="flex flex-col gap-2">
            {check.failing.map((outcome, index) => (
              <li key={`${index} ${outcome.name}`}>
                <ScenarioOutcomeLine name={outcome.name} outcome={outcome} />
              </li>
            ))}
          </ul>
        </div>
      );
  }
}
