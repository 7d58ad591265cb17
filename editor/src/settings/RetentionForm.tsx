import type { Retention } from '@sluice/shared/protocol/audit.ts';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { toastDone } from '../ui/toasts.ts';
import { deletedBy, RETENTION_FIELDS, retentionProblems } from './retentionFields.ts';

const retentionQuery = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => remote.call('retention', undefined, signal),
});

/** How long the workspace keeps things. */
export function RetentionPart() {
  const retention = useQuery(retentionQuery);
  return (
    <Section title="How long things are kept">
      {retention.isPending && <Spinner label="Loading how long things are kept" />}
      {retention.isError && retention.data === undefined && (
        <ErrorState
          title="How long things are kept could not be loaded"
          error={retention.error}
          onRetry={() => void retention.refetch()}
        />
      )}
      {retention.data !== undefined && <RetentionForm retention={retention.data} />}
    </Section>
  );
}

function RetentionForm({ retention }: { readonly retention: Retention }) {
  const [draft, setDraft] = useState(retention);
  const [problems, setProblems] = useState<ReturnType<typeof retentionProblems>>(new Map());
  const [goes, setGoes] = useState<readonly string[]>([]);
  const save = useMutation({
    mutationFn: () => remote.call('saveRetention', { body: draft }),
    onSuccess: (saved) => {
      queries.setQueryData(retentionQuery.queryKey, saved);
      toastDone('How long things are kept is saved');
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = retentionProblems(draft);
    setProblems(found);
    if (found.size > 0) return;
    const deleted = deletedBy(retention, draft);
    if (deleted.length === 0) save.mutate();
    else setGoes(deleted);
  }
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <p className="text-ink-soft">What is older is deleted, once a day and for good.</p>
      {RETENTION_FIELDS.map(({ name, label, description }) => (
        <NumberField
          key={name}
          label={label}
          description={description}
          unit="days"
          value={draft[name]}
          onChange={(days) => setDraft({ ...draft, [name]: days })}
          error={problems.get(name)}
        />
      ))}
      {save.isError && goes.length === 0 && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {sentenceOf(save.error)}
        </p>
      )}
      <div>
        <Button type="submit" variant="primary" isPending={save.isPending}>
          Save days
        </Button>
      </div>
      <ConfirmDialog
        title="Delete what is older now?"
        action="Save and delete"
        isDanger
        isOpen={goes.length > 0}
        onClose={() => setGoes([])}
        onConfirm={() => save.mutateAsync()}
      >
        <p>With these days the following goes at once, and cannot be brought back:</p>
        <ul className="mt-2 list-disc pl-5">
          {goes.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </ConfirmDialog>
    </form>
  );
}
