import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import type { CountedWorkspace, WorkspaceStore } from '../../storage/workspaces.ts';
import { FIRST_WORKSPACE } from '../accounts/accounts.ts';
import type { Actor } from '../actor.ts';
import type { Log } from '../http/problem.ts';
import type { Members } from './members.ts';

/** Makes, names and deletes the workspaces of a server. What takes an id throws `not-found`. */
export interface WorkspaceRegister {
  list(): WorkspaceSummary[];
  /** Who makes it is its first admin. */
  create(actor: Actor, maker: User, name: string): WorkspaceSummary;
  rename(actor: Actor, id: string, name: string): WorkspaceSummary;
  /**
   * Stops it and deletes all that is in it. Throws `invalid-input` when `name` is not its name, `not-allowed` for the
   * first one. What a crash leaves over, `finishDeletions` deletes.
   */
  delete(actor: Actor, id: string, name: string): Promise<void>;
  /** Goes on with deletions that the end of the server broke off; before any workspace is opened. */
  finishDeletions(): Promise<void>;
}

export interface WorkspaceRegisterOptions {
  readonly store: WorkspaceStore;
  readonly members: Members;
  readonly clock: Clock;
  newId(): string;
  readonly log: Log;
  /** Into the audit log of a workspace. */
  note(workspace: string, actor: Actor, what: string, subject: string, details: Record<string, string>): void;
  /** Ends its runner and its sockets. */
  close(id: string): Promise<void>;
  /** Deletes what it has outside the database: its folders. */
  deleteFiles(id: string): void;
  /** Its devices cannot sign in any more: closes their connections, forgets what the broker keeps for them. */
  forgetDevices(id: string): void;
  /** All of the work is on disk afterwards, or nothing of it. */
  atomically<T>(work: () => T): T;
}

export function createWorkspaceRegister(options: WorkspaceRegisterOptions): WorkspaceRegister {
  const { store, members, clock } = options;
  const summary = (workspace: CountedWorkspace): WorkspaceSummary => ({
    ...workspace,
    people: members.count(workspace.id),
  });

  function find(id: string): CountedWorkspace {
    const found = store.get(id);
    if (found === undefined) throw new SluiceError('not-found', `There is no workspace “${id}”.`);
    return found;
  }

  async function finish(id: string): Promise<void> {
    await options.close(id);
    options.deleteFiles(id);
    store.finishDeletion(id);
    options.forgetDevices(id);
  }

  return {
    list: () => store.list().map(summary),
    create(actor, maker, name) {
      const id = newWorkspaceId(name, options);
      options.atomically(() => {
        const createdAt = clock.now();
        store.add({ id, name, createdAt });
        members.add(id, maker.id, 'admin', createdAt);
        for (const log of [FIRST_WORKSPACE, id]) options.note(log, actor, 'workspace.create', id, { name });
      });
      return summary(find(id));
    },
    rename(actor, id, name) {
      const before = find(id);
      options.atomically(() => {
        store.rename(id, name);
        for (const log of new Set([FIRST_WORKSPACE, id])) {
          options.note(log, actor, 'workspace.save', id, { name, before: before.name });
        }
      });
      return summary(find(id));
    },
    async delete(actor, id, name) {
      const found = find(id);
      if (id === FIRST_WORKSPACE) {
        throw new SluiceError(
          'not-allowed',
          `“${found.name}” is the first workspace of this server, which keeps its log, so it cannot be deleted.`,
        );
      }
      if (name !== found.name) {
        throw new SluiceError(
          'invalid-input',
          `The name does not fit: this workspace is called “${found.name}”. Type that name to delete it.`,
        );
      }
      options.atomically(() => {
        options.note(FIRST_WORKSPACE, actor, 'workspace.delete', id, { name });
        store.beginDeletion(id, clock.now());
      });
      await finish(id);
    },
    async finishDeletions() {
      for (const id of store.beingDeleted()) {
        options.log('note', `Deleting what is left of the workspace “${id}”.`);
        try {
          await finish(id);
        } catch (error) {
          options.log(
            'error',
            `The workspace “${id}” is not deleted yet; the next start goes on: ${String(error)}`,
          );
        }
      }
    },
  };
}

/**
 * Part of paths, of topics and of the addresses that `http-in` nodes serve, so of small letters, digits and dashes; and
 * never one that was there before, whose audit log is still there.
 */
function newWorkspaceId(name: string, { store, newId }: WorkspaceRegisterOptions): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replaceAll(/^-+|-+$/g, '');
  for (;;) {
    const id = `${slug === '' ? 'workspace' : slug}-${newId().replaceAll('-', '').slice(-8)}`;
    if (store.isFree(id)) return id;
  }
}
