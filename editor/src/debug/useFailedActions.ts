import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import type { LetterFilter } from '@sluice/shared/protocol/running.ts';
import { useRef, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { counted } from '../ui/formatValue.ts';
import { saveJsonFile } from '../ui/saveFile.ts';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { refreshFailed } from './failedQueries.ts';
import { type Replayed, replayedWords } from './failedWords.ts';
import { exportInParts, replayInParts } from './failedWork.ts';

const UNDER_WAY = 'Failed messages are being replayed, dropped or exported; wait until that is done.';

export interface FailedActions {
  /** Something is under way; with how far a replay is. */
  readonly working: { readonly progress: Replayed | undefined } | undefined;
  replayAll(filter: LetterFilter): Promise<void>;
  replay(letter: DeadLetter): Promise<void>;
  /** Throws where it fails, for the dialog that asked. */
  dropAll(filter: LetterFilter): Promise<void>;
  drop(letter: DeadLetter): Promise<void>;
  save(flow: string): Promise<void>;
}

/** What a person does with failed messages; `onDone` is called after each, when what is shown is up to date. */
export function useFailedActions(onDone: () => void): FailedActions {
  const [working, setWorking] = useState<FailedActions['working']>(undefined);
  const isWorking = useRef(false);

  // Buttons stay as they are meanwhile: one that is switched off under the finger loses the focus.
  async function work(action: () => Promise<void>): Promise<void> {
    if (isWorking.current) throw new Error(UNDER_WAY);
    isWorking.current = true;
    setWorking({ progress: undefined });
    try {
      await action();
    } finally {
      await refreshFailed();
      isWorking.current = false;
      setWorking(undefined);
      onDone();
    }
  }
  const tried = (action: () => Promise<void>) => work(action).catch(sayWhy);

  return {
    working,
    replayAll: (filter) =>
      tried(async () => {
        const call = (body: LetterFilter) => remote.call('replayDeadLetters', { body });
        say(await replayInParts(call, filter, (progress) => setWorking({ progress })));
      }),
    replay: ({ id }) =>
      tried(async () => {
        await remote.call('replayDeadLetter', { params: { id } });
        toastDone('The message was sent again.');
      }),
    dropAll: (filter) =>
      work(async () => {
        const { dropped } = await remote.call('dropDeadLetters', { body: filter });
        toastDone(`${counted(dropped, 'failed message')} ${dropped === 1 ? 'was' : 'were'} dropped.`);
      }),
    drop: ({ id }) =>
      tried(async () => {
        await remote.call('dropDeadLetter', { params: { id } });
        toastDone('The message was dropped.');
      }),
    save: (flow) =>
      tried(async () => {
        const pieces = await exportInParts((after) =>
          remote.call('exportDeadLetters', { query: { flow, after } }),
        );
        saveJsonFile(`failed-messages-${flow}.json`, pieces);
      }),
  };
}

function say(replayed: Replayed): void {
  const { isDone, text, detail } = replayedWords(replayed);
  if (isDone) toastDone(text);
  else toastFailed(text, { detail });
}

function sayWhy(error: unknown): void {
  toastFailed(sentenceOf(error));
}
