import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Person, Role } from '@sluice/shared/protocol/people.ts';
import type { AccountStore } from '../../storage/accounts.ts';
import { whyNoChange } from './roles.ts';

/** The people of workspaces and their roles. All throw `not-found` for somebody who is not in the workspace. */
export interface People {
  list(workspace: string): Person[];
  get(workspace: string, id: string): Person;
  /** Gives the person as they were. Throws `not-allowed` for the last admin, and for more rights to `by` themselves. */
  setRole(workspace: string, id: string, role: Role, by: string): Person;
  /** Gives the person as they were. Throws `not-allowed` for the last admin, and for an owner's last workspace. */
  remove(workspace: string, id: string, by: string): Person;
}

export function createPeople(store: AccountStore, clock: Clock): People {
  function get(workspace: string, id: string): Person {
    const person = store.person(workspace, id);
    if (person !== undefined) return person;
    throw new SluiceError('not-found', 'There is no such person in this workspace.');
  }

  function requireChange(workspace: string, person: Person, to: Role | undefined, by: string): void {
    const { name, role: from } = person;
    const admins = store.adminsOf(workspace);
    const why = whyNoChange({ name, isSelf: person.id === by, from, to, admins });
    if (why !== undefined) throw new SluiceError('not-allowed', why);
  }

  return {
    list: (workspace) => store.people(workspace),
    get,
    setRole: (workspace, id, role, by) =>
      store.atomically(() => {
        const before = get(workspace, id);
        requireChange(workspace, before, role, by);
        store.setRole(workspace, id, role, clock.now());
        return before;
      }),
    remove: (workspace, id, by) =>
      store.atomically(() => {
        const before = get(workspace, id);
        requireChange(workspace, before, undefined, by);
        if (store.account(id)?.isOwner === true && store.memberships(id).length <= 1) {
          throw new SluiceError(
            'not-allowed',
            `${before.name} owns this server and is in no other workspace, so they cannot leave this one.`,
          );
        }
        store.removeFrom(workspace, id);
        return before;
      }),
  };
}
