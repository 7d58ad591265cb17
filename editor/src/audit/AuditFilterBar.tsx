import type { AuditEntry } from '@sluice/shared/protocol/audit.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { ComboBox, SuggestField } from '../ui/ComboBox.tsx';
import { TextField } from '../ui/TextField.tsx';
import { ACTION_WORDS } from './auditWords.ts';
import { type AuditQuestion, EVERYTHING, questionProblem } from './auditFilter.ts';
import { namesQuery } from './auditQueries.ts';

const ACTIONS = Object.entries(ACTION_WORDS)
  .map(([id, label]) => ({ id, label }))
  .toSorted((one, other) => one.label.localeCompare(other.label));

export interface AuditFilterBarProps {
  readonly question: AuditQuestion;
  readonly onChange: (question: AuditQuestion) => void;
  /** What is shown: who is in it is suggested. */
  readonly entries: readonly AuditEntry[];
}

/** Who, what, and between which days. */
export function AuditFilterBar({ question, onChange, entries }: AuditFilterBarProps) {
  const isFiltered = Object.values(question).some((part) => part !== '');
  return (
    <form
      aria-label="Which entries"
      className="grid grid-cols-2 items-start gap-x-3 gap-y-2 lg:grid-cols-[3fr_3fr_2fr_2fr_auto]"
      onSubmit={(event) => event.preventDefault()}
    >
      <WhoField
        // Begins anew when the filter is taken away.
        key={question.who}
        who={question.who}
        onChange={(who) => onChange({ ...question, who })}
        entries={entries}
      />
      <ComboBox
        key={question.what}
        label="What"
        placeholder="Anything"
        choices={ACTIONS}
        value={question.what === '' ? null : question.what}
        onChange={(what) => onChange({ ...question, what: what ?? '' })}
        empty="No action is called so."
      />
      <TextField
        label="From"
        type="date"
        value={question.from}
        onChange={(from) => onChange({ ...question, from })}
      />
      <TextField
        label="Until"
        type="date"
        value={question.until}
        onChange={(until) => onChange({ ...question, until })}
        error={questionProblem(question)}
      />
      <div className="col-span-2 lg:col-span-1 lg:pt-6">
        <Button variant="quiet" isDisabled={!isFiltered} onPress={() => onChange(EVERYTHING)}>
          Show all
        </Button>
      </div>
    </form>
  );
}

interface WhoFieldProps {
  readonly who: string;
  readonly onChange: (who: string) => void;
  readonly entries: readonly AuditEntry[];
}

/** Somebody who is in the log, also when they are in the workspace no more. Asked for when the whole of it is written. */
function WhoField({ who, onChange, entries }: WhoFieldProps) {
  const people = useQuery(namesQuery);
  const [text, setText] = useState(who);
  const names = new Set([...(people.data ?? []), 'sluice', ...entries.map((entry) => entry.who)]);
  names.delete('');
  const choices = [...names].toSorted().map((name) => ({ id: name, label: name }));
  const write = (next: string) => {
    setText(next);
    if (next !== who && (next === '' || names.has(next))) onChange(next);
  };
  return (
    <SuggestField
      label="Who"
      placeholder="Anybody"
      choices={choices}
      value={text}
      onChange={write}
      onBlur={() => {
        if (text.trim() !== who) onChange(text.trim());
      }}
    />
  );
}
