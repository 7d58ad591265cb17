import { SluiceError } from '@sluice/shared/errors.ts';
import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import type { DeadLetterEntry } from '../engine/shell.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Actor, Note } from './actor.ts';
import { showMessage } from './live/show.ts';

/** Dead letters as the runner's state database holds them. */
export interface DeadLetterSource {
  /** The newest first. */
  list(flow: string | undefined, limit: number): readonly (DeadLetterEntry & { readonly flow: string })[];
  get(id: string): (DeadLetterEntry & { readonly flow: string }) | undefined;
  /** False when it is not there any more. */
  drop(id: string): boolean;
}

/** Messages on which a node failed (EN7). All but `list` throw `not-found`. */
export interface DeadLetters {
  list(flow: string | undefined): DeadLetter[];
  /** Sends the message into its node again, and drops it when the runner has it. */
  replay(actor: Actor, id: string): Promise<void>;
  drop(actor: Actor, id: string): void;
}

const LIMIT = 500;

export function createDeadLetters(source: DeadLetterSource, host: RunnerHost, note: Note): DeadLetters {
  function missing(): SluiceError {
    return new SluiceError('not-found', 'This message is not there any more; it was replayed or dropped.');
  }
  return {
    list: (flow) => source.list(flow, LIMIT).map(shown),
    async replay(actor, id) {
      const found = source.get(id);
      if (found === undefined) throw missing();
      const answer = await host.inject(found.flow, found.node, undefined, found.message);
      if (!answer.ok) throw new SluiceError(answer.code, answer.sentence);
      source.drop(id);
      note(actor, 'dead-letter.replay', id, { flow: found.flow, node: found.node });
    },
    drop(actor, id) {
      if (!source.drop(id)) throw missing();
      note(actor, 'dead-letter.drop', id);
    },
  };
}

function shown({ message, ...entry }: DeadLetterEntry & { readonly flow: string }): DeadLetter {
  const { cut: _, ...rest } = showMessage(message);
  return { ...entry, message: rest };
}
