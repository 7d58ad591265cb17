import type { Handlers } from '../http/mount.ts';

const OK = { ok: true } as const;

/** Messages on which nodes failed (EN7): counted, looked at, exported, sent again, dropped. */
export const deadLetterHandlers: Pick<
  Handlers,
  | 'deadLetters'
  | 'deadLetterGroups'
  | 'exportDeadLetters'
  | 'replayDeadLetter'
  | 'replayDeadLetters'
  | 'dropDeadLetter'
  | 'dropDeadLetters'
> = {
  deadLetters: ({ workspace, query: { before, limit, ...filter } }) =>
    workspace.deadLetters.list(filter, before, limit),
  deadLetterGroups: ({ workspace, query }) => workspace.deadLetters.groups(query),
  exportDeadLetters: ({ workspace, query: { after, ...filter } }) =>
    workspace.deadLetters.export(filter, after),
  async replayDeadLetter({ workspace, actor, params }) {
    await workspace.deadLetters.replay(actor, params.id);
    return OK;
  },
  replayDeadLetters: ({ workspace, actor, body }) => workspace.deadLetters.replayAll(actor, body),
  dropDeadLetter({ workspace, actor, params }) {
    workspace.deadLetters.drop(actor, params.id);
    return OK;
  },
  dropDeadLetters: async ({ workspace, actor, body }) => ({
    dropped: await workspace.deadLetters.dropAll(actor, body),
  }),
};
