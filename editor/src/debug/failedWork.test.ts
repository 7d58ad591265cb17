import { describe, expect, it } from 'vitest';
import type { Replayed } from './failedWords.ts';
import { exportInParts, replayInParts } from './failedWork.ts';

/** A server that gives these answers one after the other. */
function answering<T>(answers: readonly (T | Error)[]) {
  const asked: unknown[] = [];
  return {
    asked,
    call: async (request: unknown): Promise<T> => {
      const answer = answers[asked.length];
      asked.push(request);
      if (answer === undefined) throw new Error('It was asked too often.');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

describe('replaying all', () => {
  const filter = { flow: 'cold' };

  it('asks again until nothing is left, and says how far it is', async () => {
    const { asked, call } = answering<Replayed>([
      { replayed: 300, left: 500 },
      { replayed: 400, left: 100 },
      { replayed: 100, left: 0 },
    ]);
    const seen: Replayed[] = [];
    expect(await replayInParts(call, filter, (progress) => seen.push(progress))).toEqual({
      replayed: 800,
      left: 0,
    });
    expect(seen).toEqual([
      { replayed: 300, left: 500 },
      { replayed: 700, left: 100 },
    ]);
    expect(asked).toEqual([filter, filter, filter]);
  });

  it.each([
    ['some cannot be sent', [{ replayed: 2, left: 3, sentence: 'It is off.' }], { replayed: 2, left: 3 }],
    [
      'nothing more goes',
      [
        { replayed: 2, left: 3 },
        { replayed: 0, left: 3 },
      ],
      { replayed: 2, left: 3 },
    ],
    [
      'it does not get less',
      [
        { replayed: 2, left: 3 },
        { replayed: 2, left: 3 },
      ],
      { replayed: 4, left: 3 },
    ],
    ['none fits', [{ replayed: 0, left: 0 }], { replayed: 0, left: 0 }],
  ])('ends when %s', async (_name, answers, outcome) => {
    const { call } = answering<Replayed>(answers);
    expect(await replayInParts(call, filter, () => undefined)).toMatchObject(outcome);
  });

  it('that breaks off in the middle says how many are left and why', async () => {
    const { call } = answering<Replayed>([{ replayed: 2, left: 3 }, new Error('It is away.')]);
    expect(await replayInParts(call, filter, () => undefined)).toEqual({
      replayed: 2,
      left: 3,
      sentence: 'It is away.',
    });
  });

  it('of which none could be sent throws the reason', async () => {
    const { call } = answering<Replayed>([new Error('It is off.')]);
    await expect(replayInParts(call, filter, () => undefined)).rejects.toThrow('It is off.');
  });
});

describe('the export', () => {
  it('is one list of all parts', async () => {
    const { asked, call } = answering([[{ id: '1' }, { id: '2' }], [{ id: '3' }], []]);
    expect(JSON.parse((await exportInParts(call)).join(''))).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }]);
    expect(asked).toEqual([undefined, '2', '3']);
  });

  it('of nothing is an empty list', async () => {
    const { call } = answering([[]]);
    expect(JSON.parse((await exportInParts(call)).join(''))).toEqual([]);
  });
});
