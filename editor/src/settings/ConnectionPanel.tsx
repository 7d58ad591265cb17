import type { Connection } from '@sluice/shared/protocol/http.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog, Dialog } from '../ui/Dialog.tsx';
import { toastDone } from '../ui/toasts.ts';
import { bodyOf, type ConnectionDraft, draftOf, newDraft, problemsOf } from './connectionDraft.ts';
import { ConnectionForm } from './ConnectionForm.tsx';
import { CONNECTION_KINDS, type ConnectionType } from './connectionKinds.ts';

const FORM_ID = 'connection';

/** What the panel is open for. */
export type PanelTarget =
  | { readonly kind: 'new'; readonly type: ConnectionType }
  | { readonly kind: 'edit'; readonly connection: Connection };

export interface ConnectionPanelProps {
  readonly target: PanelTarget;
  readonly onClose: () => void;
}

function send(target: PanelTarget, draft: ConnectionDraft) {
  if (target.kind === 'new') {
    return remote.call('createConnection', { body: { type: draft.type, ...bodyOf(draft) } });
  }
  const { id, revision, config } = target.connection;
  return remote.call('saveConnection', {
    params: { id },
    body: { revision, ...bodyOf(draft, config) },
  });
}

/** Makes a connection, changes one, or deletes it. */
export function ConnectionPanel({ target, onClose }: ConnectionPanelProps) {
  const saved = target.kind === 'edit' ? target.connection : undefined;
  const [draft, setDraft] = useState(() =>
    target.kind === 'edit' ? draftOf(target.connection) : newDraft(target.type),
  );
  const [isChecked, setIsChecked] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const problems = problemsOf(draft, saved?.secrets ?? []);
  const save = useMutation({
    mutationFn: () => send(target, draft),
    onSuccess: async (connection) => {
      await queries.invalidateQueries({ queryKey: KEYS.connections });
      toastDone(`“${connection.name}” is saved`);
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsChecked(true);
    if (Object.keys(problems).length === 0) save.mutate();
  }
  return (
    <Dialog
      title={saved === undefined ? `New ${CONNECTION_KINDS[draft.type].title}` : saved.name}
      place="side"
      isOpen
      onClose={onClose}
      actions={
        <>
          {saved !== undefined && (
            <span className="mr-auto">
              <Button variant="quiet" onPress={() => setIsDeleting(true)}>
                Delete…
              </Button>
            </span>
          )}
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <p className="mb-4 text-ink-soft">{CONNECTION_KINDS[draft.type].summary}</p>
      <form id={FORM_ID} noValidate onSubmit={submit}>
        <ConnectionForm
          draft={draft}
          onChange={setDraft}
          problems={isChecked ? problems : {}}
          saved={saved}
        />
      </form>
      {save.isError && (
        <p role="alert" className="mt-4 rounded-md bg-danger-soft px-3 py-2 text-danger">
          {sentenceOf(save.error)}
        </p>
      )}
      {saved !== undefined && (
        <DeleteConnection
          connection={saved}
          isOpen={isDeleting}
          onClose={() => setIsDeleting(false)}
          onDeleted={onClose}
        />
      )}
    </Dialog>
  );
}

interface DeleteConnectionProps {
  readonly connection: Connection;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteConnection({ connection, isOpen, onClose, onDeleted }: DeleteConnectionProps) {
  const { id, name, revision } = connection;
  return (
    <ConfirmDialog
      title={`Delete “${name}”?`}
      action="Delete connection"
      isDanger
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('deleteConnection', { params: { id }, query: { revision } });
        await queries.invalidateQueries({ queryKey: KEYS.connections });
        toastDone(`“${name}” is deleted`);
        onDeleted();
      }}
    >
      Its settings and secrets are deleted, and that cannot be undone. A connection that a flow uses stays.
    </ConfirmDialog>
  );
}
