import { deploymentStateSchema } from '@sluice/shared/protocol/http.ts';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { formatBytes } from '../flow/outboxWords.ts';
import { stateStatus } from '../home/flowState.ts';
import { classes } from '../ui/classes.ts';
import { formatNumber } from '../ui/formatValue.ts';
import { StatusDot } from '../ui/StatusDot.tsx';
import { type FiguresHistory, flowKey, type FlowRow as Row } from './figuresHistory.ts';
import { formatCore, formatPerSecond, formatTook } from './figureWords.ts';
import { Sparkline } from './Sparkline.tsx';

/** Every row is as high as this, so that the table knows where each one is without measuring. */
export const ROW_PX = 60;

export interface FlowRowProps {
  readonly row: Row;
  readonly index: number;
  readonly history: FiguresHistory;
  readonly onOpen: (flow: string) => void;
}

/** What one flow does and takes. */
export function FlowRow({ row, index, history, onOpen }: FlowRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      style={{ height: ROW_PX }}
      className="border-b border-line text-editor last:border-b-0 hover:bg-hover"
      onClick={() => onOpen(row.flow)}
    >
      <td className="px-2 sm:px-4">
        <Button
          onPress={() => onOpen(row.flow)}
          className="block max-w-full truncate rounded-sm text-left text-operator font-medium"
        >
          {row.name}
        </Button>
        <FlowStateWord state={row.state} />
      </td>
      <Figure values={history.values.get(flowKey(row.flow, 'cpu'))}>{formatCore(row.cpu)}</Figure>
      <Figure values={history.values.get(flowKey(row.flow, 'rate'))}>{formatPerSecond(row.rate)}</Figure>
      <Figure
        className="hidden sm:table-cell"
        note={row.underWay > 0 ? `oldest ${formatTook(row.oldestMs)}` : ''}
      >
        {formatNumber(row.waiting)}
      </Figure>
      <Figure className="hidden md:table-cell" note={row.errors > row.failed ? errorNote(row.errors) : ''}>
        {formatNumber(row.failed)}
      </Figure>
      <Figure className="hidden lg:table-cell">{formatBytes(row.memory)}</Figure>
    </tr>
  );
}

function errorNote(errors: number): string {
  return `${formatNumber(errors)} ${errors === 1 ? 'error' : 'errors'}`;
}

/** The state of a flow as shape, colour and word. */
export function FlowStateWord({ state }: { readonly state: string }) {
  const known = deploymentStateSchema.safeParse(state);
  return <StatusDot status={known.success ? stateStatus(known.data) : 'idle'} word={state} />;
}

interface FigureProps {
  readonly values?: readonly number[] | undefined;
  readonly note?: string | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

function Figure({ values, note = '', className, children }: FigureProps) {
  return (
    <td className={classes('px-2 text-right whitespace-nowrap tabular-nums sm:px-4', className)}>
      <span className="flex items-center justify-end gap-3">
        <span className="hidden lg:inline">{values !== undefined && <Sparkline values={values} />}</span>
        <span className="min-w-12">{children}</span>
      </span>
      {note !== '' && <span className="block text-ink-soft">{note}</span>}
    </td>
  );
}
