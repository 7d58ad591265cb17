import type { ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import { StatusDot } from '../ui/StatusDot.tsx';

export interface ScenarioOutcomeLineProps {
  readonly name: string;
  /** Undefined where it was not run on the flow as it is. */
  readonly outcome: ScenarioOutcome | undefined;
}

/** A scenario with whether it holds, and where it does not, what differs. */
export function ScenarioOutcomeLine({ name, outcome }: ScenarioOutcomeLineProps) {
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="min-w-0 break-words">{name}</span>
        {outcome !== undefined && (
          <StatusDot
            status={outcome.isPassed ? 'good' : 'danger'}
            word={outcome.isPassed ? 'Passes' : 'Fails'}
          />
        )}
      </p>
      {outcome !== undefined && outcome.differences.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-small text-danger">
          {outcome.differences.map((difference, index) => (
            // Two differences may read the same.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index} className="break-words">
              {difference}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
