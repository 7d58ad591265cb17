import type { NodeFigures } from '@sluice/shared/protocol/running.ts';
import type { ReactNode } from 'react';
import { formatBytes } from '../flow/outboxWords.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { formatNumber } from '../ui/formatValue.ts';
import { ButtonLink } from '../ui/TextLink.tsx';
import type { FlowRow } from './figuresHistory.ts';
import { formatCore, formatPerSecond, formatTook } from './figureWords.ts';
import { FlowStateWord } from './FlowRow.tsx';

export interface FlowPanelProps {
  /** Updates while the panel is open. */
  readonly row: FlowRow;
  /** Messages that have come to its sources and are not taken in yet, by node id. */
  readonly lag: ReadonlyMap<string, number>;
  readonly onClose: () => void;
}

/** One flow, node by node: where messages come from, where they wait and where they fail. */
export function FlowPanel({ row, lag, onClose }: FlowPanelProps) {
  const perBatch = row.batches === 0 ? 0 : row.messages / row.batches;
  return (
    <Dialog
      title={row.name}
      place="side"
      isOpen
      onClose={onClose}
      actions={<ButtonLink to={`/flows/${encodeURIComponent(row.flow)}`}>Open the flow</ButtonLink>}
    >
      <div className="flex flex-col gap-6">
        <dl className="grid grid-cols-[9rem_1fr] gap-x-3 gap-y-1">
          <Fact name="State">
            <FlowStateWord state={row.state} />
          </Fact>
          <Fact name="Version">{row.version}</Fact>
          <Fact name="Processor">{formatCore(row.cpu)} of one core</Fact>
          <Fact name="Memory">{formatBytes(row.memory)} for state, timers and what waits</Fact>
          <Fact name="Comes in">{formatPerSecond(row.rate)}</Fact>
          <Fact name="Came in">
            {formatNumber(row.messages)} in batches of {formatNumber(perBatch)} on average
          </Fact>
          <Fact name="Under way">
            {formatNumber(row.underWay)}
            {row.underWay > 0 && `, the oldest for ${formatTook(row.oldestMs)}`}
          </Fact>
        </dl>
        <section aria-label="Nodes">
          <h3 className="mb-2 text-operator font-semibold">Nodes</h3>
          {row.nodes.length === 0 ? (
            <p className="text-ink-soft">This flow has no node.</p>
          ) : (
            <ul className="divide-y divide-line rounded-md border border-line">
              {row.nodes.map((node) => (
                <NodeItem key={node.node} node={node} lag={lag.get(node.node) ?? 0} />
              ))}
            </ul>
          )}
        </section>
        <p className="text-small text-ink-soft">Counted since Sluice was started.</p>
      </div>
    </Dialog>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </>
  );
}

/** What is nought is left out but for what came in and went out, so that trouble stands out. */
const TROUBLES: readonly {
  readonly key: keyof NodeFigures & ('errors' | 'deadLetters' | 'waiting' | 'retries' | 'evicted');
  readonly words: string;
}[] = [
  { key: 'waiting', words: 'waiting' },
  { key: 'errors', words: 'failed' },
  { key: 'deadLetters', words: 'kept as failed messages' },
  { key: 'retries', words: 'tried again' },
  { key: 'evicted', words: 'keys forgotten' },
];

function NodeItem({ node, lag }: { readonly node: NodeFigures; readonly lag: number }) {
  const troubles = TROUBLES.flatMap(({ key, words }) =>
    node[key] > 0 ? [`${formatNumber(node[key])} ${words}`] : [],
  );
  if (lag > 0) troubles.unshift(`${formatNumber(lag)} not taken in yet`);
  return (
    <li className="px-3 py-2">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{node.name}</span>
        {node.busyMs > 0 && (
          <span className="shrink-0 text-ink-soft tabular-nums">{formatTook(node.busyMs)} of processor</span>
        )}
      </div>
      <p className="text-ink-soft tabular-nums">
        {formatNumber(node.in)} in, {formatNumber(node.out)} out
      </p>
      {troubles.length > 0 && <p className="text-caution tabular-nums">{troubles.join(', ')}</p>}
    </li>
  );
}
