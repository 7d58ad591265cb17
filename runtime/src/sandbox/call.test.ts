import { describe, expect, it } from 'vitest';
import { Call, failed, readOutcomes } from './call.ts';

describe('the answer to a batch', () => {
  it('[EN13] gives values, logs, and errors with the line of the code', () => {
    const body = JSON.stringify([
      { ok: true, value: { a: 1 }, logs: ['hi'] },
      { ok: true, logs: [] },
      {
        ok: false,
        reason: 'error',
        sentence: 'TypeError: no',
        stack: 'TypeError: no\n at code.js:3:7',
        logs: [],
      },
      { ok: false, reason: 'too-large', sentence: 'Too large.', stack: '', logs: [] },
    ]);
    expect(readOutcomes(body, 4)).toEqual([
      { ok: true, value: { a: 1 }, logs: ['hi'] },
      { ok: true, value: undefined, logs: [] },
      { ok: false, reason: 'error', sentence: 'Line 3: TypeError: no', logs: [], line: 3, column: 7 },
      { ok: false, reason: 'too-large', sentence: 'Too large.', logs: [] },
    ]);
  });

  it.each(['', '{', 'null', '{}', '[]', '[1,2]', '[null,null]', '[{"ok":true}]'])(
    '[EN13] is refused when it is not one outcome a message: %s',
    (body) => {
      expect(readOutcomes(body, 2)).toBeUndefined();
    },
  );
});

describe('a call', () => {
  it('[EN13] resolves with its last outcome, in the order of its messages', async () => {
    const call = new Call(3);
    const outcomes = ['a', 'b', 'c'].map((value) => ({ ok: true as const, value, logs: [] }));
    call.fill(2, outcomes.slice(2));
    expect(call.isOver).toBe(false);
    call.fill(0, outcomes.slice(0, 2));
    expect(call.isOver).toBe(true);
    await expect(call.result).resolves.toEqual(outcomes);
  });

  it('[EN13] that was aborted takes no more outcomes', async () => {
    const call = new Call(1);
    call.abort(new Error('stopped'));
    call.fill(0, [failed('error', 'late')]);
    await expect(call.result).rejects.toThrow('stopped');
  });
});
