import type { Person } from '@sluice/shared/protocol/people.ts';
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PageTitle, Section } from '../ui/Page.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { InvitationList } from './InvitationList.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { countPeople, listPeople, MANY_PEOPLE } from './peopleList.ts';
import { invitationsQuery, peopleQuery } from './peopleQueries.ts';
import { PersonRow } from './PersonRow.tsx';

/** `/settings/people`: who is in this workspace, with what right, and who is invited. */
export default function PeopleScreen() {
  usePageTitle('People');
  const people = useQuery(peopleQuery);
  const invitations = useQuery(invitationsQuery);
  const [isInviting, setIsInviting] = useState(false);
  const invite = () => setIsInviting(true);
  return (
    <>
      <PageTitle
        title="People"
        lead="Who is in this workspace, and what they may do in it."
        actions={
          <Button variant="primary" icon={<UserPlus size={16} aria-hidden="true" />} onPress={invite}>
            Invite
          </Button>
        }
      />
      {people.isPending && <Spinner label="Loading the people" />}
      {people.isError && people.data === undefined && (
        <ErrorState
          title="The people could not be loaded"
          error={people.error}
          onRetry={() => void people.refetch()}
        />
      )}
      {people.data !== undefined && <PeopleList people={people.data} />}
      <Section title="Open invitations">
        {invitations.isPending && <Spinner label="Loading the invitations" />}
        {invitations.isError && invitations.data === undefined && (
          <ErrorState
            title="The invitations could not be loaded"
            error={invitations.error}
            onRetry={() => void invitations.refetch()}
          />
        )}
        {invitations.data !== undefined && (
          <InvitationList invitations={invitations.data} onInvite={invite} />
        )}
      </Section>
      {isInviting && (
        <InviteDialog invitations={invitations.data ?? []} onClose={() => setIsInviting(false)} />
      )}
    </>
  );
}

function PeopleList({ people }: { readonly people: readonly Person[] }) {
  const [search, setSearch] = useState('');
  const found = listPeople(people, search);
  return (
    <div className="flex flex-col gap-3">
      {people.length >= MANY_PEOPLE && (
        <div className="w-full sm:w-72">
          <SearchField label="Search name or e-mail" value={search} onChange={setSearch} />
        </div>
      )}
      <ul
        aria-label="People"
        className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card empty:hidden"
      >
        {found.map((person) => (
          <PersonRow key={person.id} person={person} people={people} />
        ))}
      </ul>
      {found.length === 0 && (
        <p className="py-6 text-center text-ink-soft">Nobody fits. Change the search.</p>
      )}
      <p role="status" className="text-editor text-ink-soft">
        {found.length === people.length
          ? countPeople(people.length)
          : `${found.length} of ${countPeople(people.length)}`}
      </p>
    </div>
  );
}
