import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import { translated } from '../storage/database.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type {
  DeadLetter as StoredLetter,
  DeadLetters as LetterStore,
} from '../storage/stateStoreDeadLetters.ts';
import type { Actor, Note } from './actor.ts';
import { showMessage } from './live/show.ts';

/** Messages on which a node failed (EN7). All but `list` throw `not-found`. */
export interface DeadLetters {
  list(flow: string | undefined): DeadLetter[];
  /** Sends the message into its node again, and drops it when the runner has it. */
  replay(actor: Actor, id: string): Promise<void>;
  drop(actor: Actor, id: string): void;
}

const LIMIT = 500;

export function createDeadLetters(store: LetterStore, host: RunnerHost, note: Note): DeadLetters {
  function missing(): SluiceError {
    return new SluiceError('not-found', 'This message is not there any more; it was replayed or dropped.');
  }
  return {
    list: (flow) => store.list({ limit: LIMIT, ...(flow === undefined ? {} : { flow }) }).map(shown),
    async replay(actor, id) {
      const found = store.get(id);
      if (found === undefined) throw missing();
      // Noted first: on a full disk nothing is done, so that nothing is done twice.
      note(actor, 'dead-letter.replay', id, { flow: found.flow, node: found.node });
      const answer = await host.inject(found.flow, found.node, undefined, asItCame(found.message));
      if (!answer.ok) throw new SluiceError(answer.code, answer.sentence);
      translated(() => store.remove(id));
    },
    drop(actor, id) {
      if (store.get(id) === undefined) throw missing();
      note(actor, 'dead-letter.drop', id);
      translated(() => store.remove(id));
    },
  };
}

/** Without what the failure added: a node that fails on it again adds its own. */
function asItCame(message: Message): Message {
  const { error: _, errorNode: __, ...headers } = message.headers;
  return { ...message, headers };
}

function shown({ message, ...entry }: StoredLetter): DeadLetter {
  const { cut: _, ...rest } = showMessage(message);
  return { ...entry, message: rest };
}
