import type { DryRun } from '@sluice/shared/protocol/running.ts';
import { CircleX } from 'lucide-react';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { classes } from '../ui/classes.ts';
import { formatNumber } from '../ui/formatValue.ts';

export interface WayThroughProps {
  readonly run: DryRun;
  /** The node whose in and out is shown already. */
  readonly looked: string | undefined;
}

/** How many messages came to each node and left it; each leads to the node. */
export function WayThrough({ run, looked }: WayThroughProps) {
  const { actions, catalog } = useEditor();
  const nodes = useDocument(({ flow }) => flow.nodes);
  const met = nodes.filter(({ id }) => {
    const counts = run.counts[id];
    return counts !== undefined && counts.in + counts.out + counts.errors > 0;
  });
  if (met.length === 0) return null;
  return (
    <section aria-label="The way through the flow" className="flex flex-col gap-2">
      <h3 className="font-medium">The way through the flow</h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {met.map((node) => {
          const { in: came, out, errors } = run.counts[node.id] ?? { in: 0, out: 0, errors: 0 };
          return (
            <li key={node.id}>
              <button
                type="button"
                onClick={() => actions.goTo(node.id)}
                className={classes(
                  'flex min-h-8 w-full items-center gap-2 px-2 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2',
                  node.id === looked && 'bg-selected',
                )}
              >
                <span className="min-w-0 flex-1 truncate">{describeNode(node, catalog).name}</span>
                {errors > 0 && (
                  <span className="flex shrink-0 items-center gap-1 text-danger tabular-nums">
                    <CircleX size={14} aria-hidden="true" />
                    {formatNumber(errors)} failed
                  </span>
                )}
                <span className="shrink-0 text-small text-ink-soft tabular-nums">
                  {formatNumber(came)} in · {formatNumber(out)} out
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
