import { ROUTES } from '@sluice/shared/protocol/http.ts';
import { type Invitation, type Role, roleSchema } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { openFor } from './peopleList.ts';
import { refreshPeople } from './peopleQueries.ts';
import { ROLE_CHOICES, ROLE_WORDS } from './roleWords.ts';

const FORM_ID = 'invite';

export interface InviteDialogProps {
  /** Those that are open. */
  readonly invitations: readonly Invitation[];
  readonly onClose: () => void;
}

/** Asks whom to invite, and shows the link that was made, once. */
export function InviteDialog({ invitations, onClose }: InviteDialogProps) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [problem, setProblem] = useState<string>();
  const invite = useMutation({
    mutationFn: () => remote.call('invite', { body: { email: email.trim(), role } }),
    onSuccess: () => void refreshPeople(),
  });
  if (invite.data !== undefined) return <LinkDialog made={invite.data} onClose={onClose} />;
  function submit(event: FormEvent) {
    event.preventDefault();
    const checked = ROUTES.invite.body.shape.email.safeParse(email.trim());
    setProblem(checked.success ? undefined : checked.error.issues[0]?.message);
    if (checked.success) invite.mutate();
  }
  const replaced = openFor(invitations, email);
  return (
    <Dialog
      title="Invite somebody"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={invite.isPending}>
            Make the link
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="E-mail"
          type="email"
          value={email}
          onChange={(text) => {
            setEmail(text);
            setProblem(undefined);
            invite.reset();
          }}
          placeholder="ada@example.org"
          error={problem ?? (invite.isError ? sentenceOf(invite.error) : undefined)}
          autoFocus
        />
        <Select
          label="Role"
          choices={ROLE_CHOICES}
          value={role}
          onChange={(id) => setRole(roleSchema.parse(id))}
          description={`${ROLE_WORDS[role].may} You can change it at any time.`}
        />
        <p role="status" className="rounded-md bg-caution-soft px-3 py-2 text-caution empty:hidden">
          {replaced !== undefined &&
            `${replaced.email} is invited already, as ${ROLE_WORDS[replaced.role].one}. The new link takes the place of that one, which works no more.`}
        </p>
      </form>
    </Dialog>
  );
}

interface LinkDialogProps {
  readonly made: Invitation & { readonly link: string };
  readonly onClose: () => void;
}

function LinkDialog({ made, onClose }: LinkDialogProps) {
  return (
    <Dialog
      title={`Send this link to ${made.email}`}
      isOpen
      role="alertdialog"
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          I have it
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-ink-soft">
          Sluice sends no mail: send it to them yourself, and to nobody else. Whoever opens it joins this
          workspace as {ROLE_WORDS[made.role].one}. It counts once, for seven days.
        </p>
        <CopyText
          label="Invitation link"
          text={new URL(made.link, window.location.origin).href}
          description="It is shown this once. When it is lost, invite them again: that makes a new one."
        />
      </div>
    </Dialog>
  );
}
