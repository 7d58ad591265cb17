import type { Problem } from '@sluice/shared/flow/problem.ts';
import { CircleCheck, OctagonAlert, TriangleAlert } from 'lucide-react';
import { EmptyState } from '../ui/EmptyState.tsx';
import { describeNode } from './describe.ts';
import { useDocument, useEditor, useProblems } from './EditorContext.tsx';

/** What is wrong, in plain words; a click goes to the node and the field. */
export function ProblemList() {
  const problems = useProblems();
  if (problems.length === 0) {
    return (
      <EmptyState icon={<CircleCheck size={20} aria-hidden="true" />} title="No problems">
        The flow can be deployed as it is.
      </EmptyState>
    );
  }
  const sorted = [...problems].sort((a, b) => rankOf(a) - rankOf(b));
  return (
    <ul className="p-2" aria-label="Problems">
      {sorted.map((problem, index) => (
        <li
          key={`${problem.code} ${problem.node ?? ''} ${problem.field ?? ''} ${problem.wire ?? ''} ${index}`}
        >
          <ProblemItem problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function rankOf(problem: Problem): number {
  return problem.severity === 'error' ? 0 : 1;
}

function ProblemItem({ problem }: { readonly problem: Problem }) {
  const { actions, catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find((other) => other.id === problem.node));
  const isError = problem.severity === 'error';
  const go = () => {
    if (problem.node !== undefined) actions.goTo(problem.node, problem.field);
    else if (problem.wire !== undefined) actions.goToWire(problem.wire);
  };
  return (
    <button
      type="button"
      onClick={go}
      className="flex w-full gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
    >
      <span className={isError ? 'mt-0.5 text-danger' : 'mt-0.5 text-caution'}>
        {isError ? (
          <OctagonAlert size={16} aria-hidden="true" />
        ) : (
          <TriangleAlert size={16} aria-hidden="true" />
        )}
      </span>
      <span className="min-w-0 flex-1">
        <span className="sr-only">{isError ? 'Error: ' : 'Warning: '}</span>
        {node !== undefined && (
          <span className="block truncate text-small text-ink-soft">{describeNode(node, catalog).name}</span>
        )}
        <span className="block">{problem.sentence}</span>
      </span>
    </button>
  );
}
