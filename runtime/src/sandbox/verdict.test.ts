import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it } from 'vitest';
import { Call } from './call.ts';
import type { LiveProgram, OpenTask, RunTask } from './lane.ts';
import type { SourceProblem } from './sandbox.ts';
import { problemOutcome, retry } from './verdict.ts';

const program: LiveProgram = {
  id: 1,
  node: 'n',
  source: { kind: 'template', source: '' },
  limits: { timeoutMs: 500, memoryMb: 64 },
  openedIn: 1,
  problem: undefined,
};
function batch(size: number, kills: number): RunTask {
  const messages = Array.from({ length: size }, (_, at) => createMessage({ id: `m${at}`, time: 1 }));
  return { kind: 'run', program, call: new Call(size), from: 0, messages, text: '', kills, isAlone: false };
}
function again(task: RunTask, isCulprit: boolean): (readonly [kills: number, isAlone: boolean])[] {
  return retry(task, isCulprit).map((part) => [part.kills, part.isAlone]);
}

describe('what runs again after the process ended', () => {
  it('[EN13] a batch that is to blame: its messages alone, each with one kill', () => {
    expect(again(batch(2, 0), true)).toEqual([
      [1, true],
      [1, true],
    ]);
  });

  it('[EN13] a batch that was only beside it: its messages alone, without a kill', () => {
    expect(again(batch(2, 0), false)).toEqual([
      [0, true],
      [0, true],
    ]);
  });

  it('[EN13] a message that is to blame once more; after the second time it is poison', async () => {
    expect(again(batch(1, 0), true)).toEqual([[1, true]]);
    const second = batch(1, 1);
    expect(again(second, true)).toEqual([]);
    expect(await second.call.result).toMatchObject([{ ok: false, reason: 'poison' }]);
  });

  it('[EN13] a source whose opening ended the process is tried twice, then it has a problem', () => {
    const problems: (SourceProblem | undefined)[] = [];
    const own = { ...program };
    const open: OpenTask = {
      kind: 'open',
      program: own,
      kills: 0,
      isAlone: false,
      done: (problem) => problems.push(problem),
    };
    expect(retry(open, true)).toMatchObject([{ kind: 'open', kills: 1, isAlone: true }]);
    expect(retry({ ...open, kills: 1 }, true)).toEqual([]);
    expect(problems).toEqual([own.problem]);
    expect(own.problem?.sentence).toContain('cannot be used');
  });
});

it('[EN1] the problem of a source is told with its place', () => {
  expect(problemOutcome({ sentence: 'No.', line: 2, column: 4 })).toMatchObject({
    sentence: 'Line 2: No.',
    line: 2,
    column: 4,
  });
  expect(problemOutcome({ sentence: 'No.' })).toEqual({
    ok: false,
    reason: 'error',
    sentence: 'No.',
    logs: [],
  });
});
