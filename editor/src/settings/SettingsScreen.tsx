import type { Limits } from '@sluice/shared/protocol/running.ts';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { may } from '../account/permission.ts';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { PageTitle, Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastDone } from '../ui/toasts.ts';
import { LIMIT_FIELDS, type LimitField, limitProblems, shownLimit, withLimit } from './limitFields.ts';

const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: ({ signal }) => remote.call('limits', undefined, signal),
});

/** `/settings`: what holds for the whole workspace. */
export default function SettingsScreen() {
  usePageTitle('Settings');
  const limits = useQuery(limitsQuery);
  return (
    <>
      <PageTitle title="Settings" lead="What holds for the whole workspace." />
      <Section title="Limits">
        {limits.isPending && <Spinner label="Loading the limits" />}
        {limits.isError && limits.data === undefined && (
          <ErrorState
            title="The limits could not be loaded"
            error={limits.error}
            onRetry={() => void limits.refetch()}
          />
        )}
        {limits.data !== undefined && <LimitsForm limits={limits.data} />}
      </Section>
    </>
  );
}

function LimitsForm({ limits }: { readonly limits: Limits }) {
  const canSave = may(useUser(), 'saveLimits');
  const [draft, setDraft] = useState(limits);
  // As of the last try to save: a sentence that went while somebody presses the button would move it away from them.
  const [problems, setProblems] = useState<ReturnType<typeof limitProblems>>(new Map());
  const save = useMutation({
    mutationFn: () => remote.call('saveLimits', { body: draft }),
    onSuccess: (saved) => {
      queries.setQueryData(limitsQuery.queryKey, saved);
      setDraft(saved);
      toastDone('The limits are saved');
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = limitProblems(draft);
    setProblems(found);
    if (found.size === 0) save.mutate();
  }
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <p className="text-ink-soft">
        A deploy that goes beyond one of these is refused with the reason; what runs already goes on.
        {!canSave && ' Who owns this server can change them.'}
      </p>
      {LIMIT_FIELDS.map((field) => (
        <LimitInput
          key={field.name}
          field={field}
          limits={draft}
          error={problems.get(field.name)}
          isDisabled={!canSave}
          onChange={(value) => setDraft(withLimit(draft, field, value))}
        />
      ))}
      {save.isError && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {sentenceOf(save.error)}
        </p>
      )}
      {canSave && (
        <div>
          <Button type="submit" variant="primary" isPending={save.isPending}>
            Save limits
          </Button>
        </div>
      )}
    </form>
  );
}

interface LimitInputProps {
  readonly field: LimitField;
  readonly limits: Limits;
  readonly error: string | undefined;
  readonly isDisabled: boolean;
  readonly onChange: (value: number) => void;
}

function LimitInput({ field, limits, error, isDisabled, onChange }: LimitInputProps) {
  return (
    <NumberField
      label={field.label}
      description={field.description}
      unit={field.unit}
      value={shownLimit(limits, field)}
      onChange={onChange}
      isDisabled={isDisabled}
      error={error}
    />
  );
}
