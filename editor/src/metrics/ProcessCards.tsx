import type { Figures } from '@sluice/shared/protocol/running.ts';
import type { ReactNode } from 'react';
import { formatBytes } from '../flow/outboxWords.ts';
import { counted } from '../ui/formatValue.ts';
import { type FiguresHistory, processKey } from './figuresHistory.ts';
import { formatCore, formatTook, ROLE_WORDS } from './figureWords.ts';
import { Sparkline } from './Sparkline.tsx';

export interface ProcessCardsProps {
  readonly figures: Figures;
  readonly history: FiguresHistory;
}

/** One card for each process: what it takes, and how often it had to be started again. */
export function ProcessCards({ figures, history }: ProcessCardsProps) {
  return (
    <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {figures.processes.map(({ role, cpu, memory, restarts }) => (
        <li key={role} className="rounded-md border border-line bg-surface p-4 shadow-card">
          <h3 className="font-semibold">{ROLE_WORDS[role].title}</h3>
          <p className="mb-3 text-editor text-ink-soft">{ROLE_WORDS[role].about}</p>
          <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-4 gap-y-1.5 text-editor">
            <Fact name="Processor" values={history.values.get(processKey(role, 'cpu'))}>
              {formatCore(cpu)}
            </Fact>
            <Fact name="Memory" values={history.values.get(processKey(role, 'memory'))}>
              {formatBytes(memory)}
            </Fact>
            {role !== 'server' && (
              <Fact name="Restarts">{restarts === 0 ? 'none' : counted(restarts, 'time')}</Fact>
            )}
            {role === 'runner' && (
              <Fact name="Delay">
                {formatTook(figures.loopDelay.mean)}, {formatTook(figures.loopDelay.max)} at most
              </Fact>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}

interface FactProps {
  readonly name: string;
  readonly values?: readonly number[] | undefined;
  readonly children: ReactNode;
}

function Fact({ name, values, children }: FactProps) {
  return (
    <div className="col-span-3 grid min-h-5 grid-cols-subgrid items-center">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="col-span-2 flex min-w-0 items-center justify-end gap-3 text-right tabular-nums">
        {values !== undefined && <Sparkline values={values} />}
        <span className="min-w-16">{children}</span>
      </dd>
    </div>
  );
}
