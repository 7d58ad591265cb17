import { MOST_TOKEN_DAYS, roleSchema, type Token } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ROLE_WORDS } from '../people/roleWords.ts';
import { queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { tokensQuery } from './accountQueries.ts';
import { FormDialog } from './FormDialog.tsx';
import {
  exampleCall,
  NEW_TOKEN,
  roleChoices,
  type TokenDraft,
  type TokenProblems,
  tokenProblems,
} from './tokenWords.ts';

/** Asks what a token is for, and shows its text, once. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(NEW_TOKEN);
  const [problems, setProblems] = useState<TokenProblems>({});
  const create = useMutation({
    mutationFn: () => remote.call('createToken', { body: draft }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  if (create.data !== undefined) return <MadeToken made={create.data} onClose={onClose} />;
  return (
    <FormDialog
      title="New API token"
      action="Make the token"
      isPending={create.isPending}
      problem={create.error?.message}
      onSubmit={() => {
        const found = tokenProblems(draft);
        setProblems(found);
        if (Object.keys(found).length === 0) create.mutate();
      }}
      onClose={onClose}
    >
      <TokenFields draft={draft} onChange={setDraft} problems={problems} />
    </FormDialog>
  );
}

interface TokenFieldsProps {
  readonly draft: TokenDraft;
  readonly onChange: (draft: TokenDraft) => void;
  readonly problems: TokenProblems;
}

function TokenFields({ draft, onChange, problems }: TokenFieldsProps) {
  const { role } = useUser();
  return (
    <>
      <TextField
        label="Name"
        description="What it is for. It stands in the audit log beside what the token did."
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        error={problems.name}
        maxLength={200}
        autoFocus
      />
      <Select
        label="Role"
        choices={roleChoices(role)}
        value={draft.role}
        onChange={(id) => onChange({ ...draft, role: roleSchema.parse(id) })}
        description={`${ROLE_WORDS[draft.role].may} It is never more than your own role.`}
      />
      <NumberField
        label="Valid for"
        unit="days"
        value={draft.days}
        onChange={(days) => onChange({ ...draft, days })}
        minValue={1}
        maxValue={MOST_TOKEN_DAYS}
        error={problems.days}
      />
    </>
  );
}

interface MadeTokenProps {
  readonly made: Token & { readonly token: string };
  readonly onClose: () => void;
}

function MadeToken({ made, onClose }: MadeTokenProps) {
  return (
    <Dialog
      title={`The token “${made.name}”`}
      isOpen
      role="alertdialog"
      actions={
        <Button variant="primary" onPress={onClose}>
          I have it
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <CopyText
          label="Token"
          text={made.token}
          description="It is shown this once. Keep it as you keep a password; when it is lost, revoke it and make a new one."
        />
        <CopyText label="Example" text={exampleCall(window.location.origin, made.token)} />
      </div>
    </Dialog>
  );
}
