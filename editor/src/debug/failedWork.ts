import type { LetterFilter } from '@sluice/shared/protocol/running.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { sentenceOf } from '../state/remoteError.ts';
import type { Replayed } from './failedWords.ts';

type Call = (filter: LetterFilter) => Promise<Replayed>;

/**
 * Replays all that fit. The server does a part of it at a time; this asks again until nothing is left, or what is left
 * cannot go now. Throws where nothing at all could be sent.
 */
export async function replayInParts(
  call: Call,
  filter: LetterFilter,
  onProgress: (progress: Replayed) => void,
): Promise<Replayed> {
  let soFar: Replayed = { replayed: 0, left: Number.POSITIVE_INFINITY };
  for (;;) {
    const part = await nextPart(call, filter, soFar);
    const isStuck = part.replayed === 0 || part.left >= soFar.left || part.sentence !== undefined;
    soFar = { ...part, replayed: soFar.replayed + part.replayed };
    if (part.left === 0 || isStuck) return soFar;
    onProgress(soFar);
  }
}

/** What fails after others were sent is no reason to say that nothing was. */
async function nextPart(call: Call, filter: LetterFilter, soFar: Replayed): Promise<Replayed> {
  try {
    return await call(filter);
  } catch (error) {
    if (soFar.replayed === 0) throw error;
    return { replayed: 0, left: soFar.left, sentence: sentenceOf(error) };
  }
}

/** All that fit as the text of a JSON list, in pieces. The server gives a part of it at a time. */
export async function exportInParts(
  call: (after: string | undefined) => Promise<readonly Json[]>,
): Promise<readonly string[]> {
  const pieces: string[] = [];
  let after: string | undefined;
  do {
    const part = await call(after);
    for (const message of part)
      pieces.push(`${pieces.length === 0 ? '[\n' : ',\n'}${JSON.stringify(message)}`);
    after = idOf(part.at(-1));
  } while (after !== undefined);
  return [...pieces, pieces.length === 0 ? '[]\n' : '\n]\n'];
}

function idOf(message: Json | undefined): string | undefined {
  return message !== undefined && isJsonObject(message) && typeof message['id'] === 'string'
    ? message['id']
    : undefined;
}
