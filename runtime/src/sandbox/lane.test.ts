import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it } from 'vitest';
import { Call } from './call.ts';
import type { Lane, LiveProgram, RunTask, Task } from './lane.ts';
import { createLane, encodeMessages, nextLane, splitTask } from './lane.ts';

const program: LiveProgram = {
  id: 1,
  node: 'n',
  source: { kind: 'template', source: '' },
  limits: { timeoutMs: 500, memoryMb: 64 },
  openedIn: 1,
  problem: undefined,
};
const messages = ['a', 'b'].map((id) => createMessage({ id, time: 1 }));
const run: RunTask = {
  kind: 'run',
  program,
  call: new Call(2),
  from: 0,
  messages,
  text: encodeMessages(messages),
  kills: 0,
  isAlone: false,
};
const alone: Task = { ...run, isAlone: true };
const open: Task = { kind: 'open', program, kills: 0, isAlone: false, done: () => undefined };

function lane(flow: string, running: Task[], waiting: Task[]): Lane {
  return { ...createLane(flow), waiting, running: running.map((task) => ({ request: 1, era: 1, task })) };
}
function next(...lanes: Lane[]): string | undefined {
  return nextLane(lanes, { lanes: 2, depth: 3 })?.flow;
}

describe('the lane that sends next', () => {
  it('[EN13] is the one that was served longest ago', () => {
    expect(next(lane('a', [], [run]), lane('b', [], [run]))).toBe('a');
    expect(next(lane('a', [], []), lane('b', [], [run]))).toBe('b');
    expect(next()).toBeUndefined();
  });

  it('[EN13] may have several batches under way, up to a depth', () => {
    expect(next(lane('a', [run, run], [run]))).toBe('a');
    expect(next(lane('a', [run, run, run], [run]))).toBeUndefined();
  });

  it('[EN13] waits while all threads are taken', () => {
    expect(next(lane('a', [run], []), lane('b', [run], []), lane('c', [], [run]))).toBeUndefined();
  });

  it('[EN13] lets a busy flow send no more when another waits for its thread', () => {
    expect(next(lane('a', [run], [run]), lane('b', [run], []), lane('c', [], [run]))).toBeUndefined();
    expect(next(lane('a', [run], [run]), lane('b', [run], []))).toBe('a');
  });

  it('[EN13] opens a program only when nothing else of its flow is under way', () => {
    expect(next(lane('a', [run], [open]))).toBeUndefined();
    expect(next(lane('a', [open], [run]))).toBeUndefined();
    expect(next(lane('a', [], [open]))).toBe('a');
  });

  it('[EN13] runs a suspect alone: nothing starts beside it, and it gets its turn', () => {
    expect(next(lane('a', [alone], []), lane('b', [], [run]))).toBeUndefined();
    expect(next(lane('a', [], [alone]), lane('b', [run], [run]))).toBeUndefined();
    expect(next(lane('b', [run], [run]), lane('a', [], [alone]))).toBe('b');
    expect(next(lane('a', [], [alone]), lane('b', [], [run]))).toBe('a');
  });
});

describe('a batch that is run again', () => {
  it('[EN13] is taken apart into messages that keep their place', () => {
    const parts = splitTask({ ...run, from: 4 }, { kills: 1, isAlone: true });
    expect(parts.map((part) => [part.from, part.kills, part.isAlone, part.messages.length])).toEqual([
      [4, 1, true, 1],
      [5, 1, true, 1],
    ]);
    expect(parts.map((part) => JSON.parse(part.text))).toEqual(
      messages.map((message) => [JSON.parse(JSON.stringify(message))]),
    );
  });
});

it('[EN13] bytes go to the code as a list of numbers', () => {
  const text = encodeMessages([createMessage({ id: 'x', time: 1, payload: Uint8Array.of(1, 255) })]);
  expect(JSON.parse(text)).toMatchObject([{ payload: [1, 255] }]);
});
