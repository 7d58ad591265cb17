import type { Json } from '@sluice/shared/message/message.ts';
import type { TraceStep } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { LocateFixed } from 'lucide-react';
import { shortValue } from '../debug/messageTree.ts';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { type ChangeLine, changesOf } from './traceWords.ts';

export interface StepChangesProps {
  readonly step: TraceStep;
  /** Left out where the node is not in the draft any more. */
  readonly onGoTo: (() => void) | undefined;
}

/** What a node got and what it made of it, side by side; one table for each message that came out. */
export function StepChanges({ step, onGoTo }: StepChangesProps) {
  const [before] = step.in;
  return (
    <div className="flex flex-col gap-3 bg-sunken px-3 py-2">
      {step.sentence !== undefined && <p>{step.sentence}</p>}
      {step.in.length > 1 && (
        <p className="text-small text-ink-soft">
          {step.in.length} messages went in together; the first is compared.
        </p>
      )}
      {step.out.map(({ port, message }, index) => (
        // The messages of a step are written once.
        // oxlint-disable-next-line react/no-array-index-key
        <Compared key={index} before={before} after={message} port={port} />
      ))}
      {step.out.length === 0 && <Compared before={before} after={undefined} port={undefined} />}
      {onGoTo !== undefined && (
        <div>
          <Button size="small" icon={<LocateFixed size={16} aria-hidden="true" />} onPress={onGoTo}>
            Go to the node
          </Button>
        </div>
      )}
    </div>
  );
}

interface ComparedProps {
  readonly before: ShownMessage | undefined;
  readonly after: ShownMessage | undefined;
  /** By which it came out; left out where nothing did. */
  readonly port: string | undefined;
}

const MARKS: Record<
  ChangeLine['kind'],
  { readonly mark: string; readonly word: string; readonly look: string }
> = {
  same: { mark: '', word: 'as before', look: 'text-ink-soft' },
  changed: { mark: '~', word: 'changed', look: 'bg-caution-soft text-ink' },
  added: { mark: '+', word: 'added', look: 'bg-good-soft text-ink' },
  removed: { mark: '−', word: 'taken away', look: 'bg-danger-soft text-ink' },
};

function Compared({ before, after, port }: ComparedProps) {
  const isOneSided = before === undefined || after === undefined;
  const lines = changesOf(before, after).map((line) =>
    isOneSided ? { ...line, kind: 'same' as const } : line,
  );
  const isSame = !isOneSided && lines.every(({ kind }) => kind === 'same');
  return (
    <table className="w-full table-fixed border-collapse text-small">
      <caption className="pb-1 text-left text-ink-soft">
        {port === undefined ? 'Nothing came out' : `Out of “${port}”`}
        {isSame && ', as it came in'}
      </caption>
      <thead>
        <tr className="text-left text-ink-faint">
          <th scope="col" className="w-6 font-normal">
            <span className="sr-only">Change</span>
          </th>
          <th scope="col" className="w-2/5 font-normal">
            Value
          </th>
          <th scope="col" className="font-normal">
            In
          </th>
          <th scope="col" className="font-normal">
            Out
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={line.path} line={line} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ line }: { readonly line: ChangeLine }) {
  const { mark, word, look } = MARKS[line.kind];
  return (
    <tr className={classes('align-top', look)}>
      <td className="pl-1 font-mono">
        <span aria-hidden="true">{mark}</span>
        <span className="sr-only">{word}</span>
      </td>
      <th scope="row" className="truncate pr-2 text-left font-normal" title={line.path}>
        {line.path}
      </th>
      <td className="truncate pr-2 font-mono" title={textOf(line.before)}>
        {textOf(line.before)}
      </td>
      <td className="truncate font-mono" title={textOf(line.after)}>
        {textOf(line.after)}
      </td>
    </tr>
  );
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : shortValue(value);
}
