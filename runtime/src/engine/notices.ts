import type { Message } from '@sluice/shared/message/message.ts';
import type { Circuit } from './circuit.ts';
import type { FailedMessage } from './pass.ts';
import type { Notice, Shell } from './shell.ts';

/** Errors shown of one flow in a second; all of them are counted and kept, these are for people to look at. */
const MOST_ERRORS_A_SECOND = 20;

/** What people may see of a flow. What nodes say during a pass is shown when its effects are performed (EN15). */
export interface FlowNotices {
  say(notice: Notice): void;
  /** Shows what was said during the pass, then its errors. */
  show(errors: readonly FailedMessage<Message | undefined>[]): void;
}

export function createNotices(
  flow: string,
  shell: Shell,
  circuit: () => Circuit,
  isPassing: () => boolean,
): FlowNotices {
  let said: Notice[] = [];
  let second = 0;
  let shown = 0;
  const mayShowError = () => {
    const now = Math.floor(shell.clock.now() / 1_000);
    if (now !== second) shown = 0;
    second = now;
    shown += 1;
    return shown <= MOST_ERRORS_A_SECOND;
  };
  return {
    say: (notice) => {
      if (isPassing()) said.push(notice);
      else shell.notice(notice);
    },
    show: (errors) => {
      if (said.length > 0) {
        for (const notice of said) shell.notice(notice);
        said = [];
      }
      for (const { node, sentence, message } of errors) {
        if (!mayShowError()) return;
        shell.notice({
          kind: 'error',
          flow,
          node: circuit().nodes[node]?.planned.id ?? '',
          sentence,
          message,
        });
      }
    },
  };
}
