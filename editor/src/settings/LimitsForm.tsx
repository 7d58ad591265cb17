import type { Limits } from '@sluice/shared/protocol/running.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from '../ui/Button.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { LIMIT_FIELDS, limitProblems, shownLimit, withLimit } from './limitFields.ts';

export interface LimitsFormProps {
  /** As they are saved. */
  readonly limits: Limits;
  /** What is there of it now, as sentences, where that is known. */
  readonly use?: ReadonlyMap<keyof Limits, string> | undefined;
  /** Left out where this person may look only. Gives the limits as they are from then on. */
  readonly save: ((limits: Limits) => Promise<Limits>) | undefined;
}

/** What a workspace may take, one box for each limit. */
export function LimitsForm({ limits, use, save }: LimitsFormProps) {
  const [draft, setDraft] = useState(limits);
  // As of the last try to save: a sentence that went while somebody presses the button would move it away from them.
  const [problems, setProblems] = useState<ReturnType<typeof limitProblems>>(new Map());
  const saving = useMutation({
    mutationFn: async () => (save === undefined ? draft : await save(draft)),
    onSuccess: (saved) => {
      setDraft(saved);
      toastDone('The limits are saved');
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = limitProblems(draft);
    setProblems(found);
    if (found.size === 0) saving.mutate();
  }
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <p className="text-ink-soft">
        A deploy that goes beyond one of these is refused with the reason; what runs already goes on.
        {save === undefined && ' Who owns this server can change them.'}
      </p>
      {LIMIT_FIELDS.map((field) => (
        <NumberField
          key={field.name}
          label={field.label}
          description={[field.description, use?.get(field.name)].filter(Boolean).join(' ')}
          unit={field.unit}
          value={shownLimit(draft, field)}
          onChange={(value) => setDraft(withLimit(draft, field, value))}
          isDisabled={save === undefined}
          error={problems.get(field.name)}
        />
      ))}
      {saving.isError && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {sentenceOf(saving.error)}
        </p>
      )}
      {save !== undefined && (
        <div>
          <Button type="submit" variant="primary" isPending={saving.isPending}>
            Save limits
          </Button>
        </div>
      )}
    </form>
  );
}
