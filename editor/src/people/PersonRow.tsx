import { type Person, type Role, roleSchema } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { Ellipsis, LogOut, ShieldCheck, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { queries, remote, sessionQuery, useUser } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Select } from '../ui/Select.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { whyStays } from './peopleList.ts';
import { peopleQuery, refreshPeople } from './peopleQueries.ts';
import { RemoveDialog, SignOutDialog } from './PersonDialogs.tsx';
import { ROLE_CHOICES, ROLE_WORDS } from './roleWords.ts';

export interface PersonRowProps {
  readonly person: Person;
  /** All of the workspace. */
  readonly people: readonly Person[];
}

/** One person: who, with what right, since when; and what an admin does about them. */
export function PersonRow({ person, people }: PersonRowProps) {
  const isSelf = useUser().id === person.id;
  const stays = whyStays(person, people);
  return (
    <li aria-label={person.name} className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
      <div className="min-w-52 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium wrap-anywhere">{person.name}</span>
          {isSelf && <Badge tone="accent">you</Badge>}
          {person.hasSecondFactor && (
            <Badge tone="good" icon={<ShieldCheck size={12} aria-hidden="true" />}>
              second factor on
            </Badge>
          )}
        </p>
        <p className="text-editor wrap-anywhere text-ink-soft">{person.email}</p>
        <p className="text-small text-ink-soft">
          joined <Time at={person.joinedAt} /> ·{' '}
          {person.lastSeenAt === undefined ? (
            'never seen'
          ) : (
            <>
              last seen <Time at={person.lastSeenAt} />
            </>
          )}
          {!person.hasSecondFactor && ' · no second factor'}
        </p>
      </div>
      <div className="flex w-full items-start gap-1 sm:w-72">
        <RoleSelect person={person} isSelf={isSelf} stays={stays} />
        <PersonMenu person={person} isSelf={isSelf} stays={stays} />
      </div>
    </li>
  );
}

interface PersonPartProps {
  readonly person: Person;
  readonly isSelf: boolean;
  /** Why they cannot be changed or taken out. */
  readonly stays: string | undefined;
}

function RoleSelect({ person, isSelf, stays }: PersonPartProps) {
  const [lower, setLower] = useState<Role>();
  const change = useMutation({
    mutationFn: (role: Role) => remote.call('saveUser', { params: { id: person.id }, body: { role } }),
    onSuccess: (saved) => {
      queries.setQueryData(peopleQuery.queryKey, (people) =>
        people?.map((other) => (other.id === saved.id ? saved : other)),
      );
      toastDone(`${saved.name} is ${ROLE_WORDS[saved.role].one} now`);
      if (isSelf) void queries.refetchQueries({ queryKey: sessionQuery.queryKey });
    },
    onError: () => void refreshPeople(),
  });
  function choose(id: string) {
    const role = roleSchema.parse(id);
    if (role === person.role) return;
    if (isSelf) setLower(role);
    else change.mutate(role);
  }
  return (
    <div className="min-w-0 flex-1">
      <Select
        label={`Role of ${person.name}`}
        isLabelHidden
        choices={ROLE_CHOICES}
        value={change.isPending ? change.variables : person.role}
        onChange={choose}
        isDisabled={stays !== undefined || change.isPending}
        description={stays}
        error={change.isError ? sentenceOf(change.error) : undefined}
      />
      <ConfirmDialog
        title="Give up your own rights?"
        action={lower === undefined ? 'Change' : `Become ${ROLE_WORDS[lower].one}`}
        isDanger
        isOpen={lower !== undefined}
        onClose={() => setLower(undefined)}
        onConfirm={async () => {
          if (lower !== undefined) await change.mutateAsync(lower);
        }}
      >
        You lose what an admin may do here, this page too, at once. Only another admin can give it back to
        you.
      </ConfirmDialog>
    </div>
  );
}

function PersonMenu({ person, isSelf, stays }: PersonPartProps) {
  const [asked, setAsked] = useState<'sign-out' | 'remove'>();
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu
        label={`Actions for ${person.name}`}
        placement="bottom end"
        trigger={
          <IconButton icon={<Ellipsis size={16} />} label={`More for ${person.name}`} hasTooltip={false} />
        }
        groups={[
          {
            id: 'person',
            actions: [
              {
                id: 'sign-out',
                label: 'Sign out…',
                icon: <LogOut size={16} />,
                onAction: () => setAsked('sign-out'),
              },
              {
                id: 'remove',
                label: isSelf ? 'Leave this workspace…' : 'Take out of this workspace…',
                icon: <UserMinus size={16} />,
                isDanger: true,
                isDisabled: stays !== undefined,
                onAction: () => setAsked('remove'),
              },
            ],
          },
        ]}
      />
      <SignOutDialog person={person} isSelf={isSelf} isOpen={asked === 'sign-out'} onClose={close} />
      <RemoveDialog person={person} isSelf={isSelf} isOpen={asked === 'remove'} onClose={close} />
    </>
  );
}
