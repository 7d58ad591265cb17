import { createMessage } from '@sluice/shared/message/message.ts';
import { expect, it } from 'vitest';
import { createSourceIntake } from './intake.ts';

/** An intake with turns that are counted; `batches` has the number of messages of each. */
function setUp() {
  const due: (() => void)[] = [];
  const batches: number[] = [];
  const intake = createSourceIntake({
    node: () => 0,
    scheduler: { soon: (run) => void due.push(run), after: () => () => undefined },
    isFull: () => false,
    isHeld: () => false,
    hasRoom: () => true,
    faulty: (error) => {
      throw error;
    },
    run: (_entry, messages) => void batches.push(messages),
  });
  const push = (count: number) => {
    for (let at = 0; at < count; at += 1) intake.push('out', createMessage({ id: String(at), time: 0 }));
  };
  const turn = () => due.splice(0).forEach((run) => run());
  return { batches, push, turn };
}

it('[EN2] one message by itself goes on at the next turn', () => {
  const { batches, push, turn } = setUp();
  push(1);
  turn();
  expect(batches).toEqual([1]);
});

it('[EN2] what keeps coming gathers for three turns at most', () => {
  const { batches, push, turn } = setUp();
  for (let turns = 0; turns < 6; turns += 1) {
    push(10);
    turn();
  }
  expect(batches).toEqual([30, 30]);
});

it('[EN2] what has stopped coming, or is enough, waits no longer', () => {
  const { batches, push, turn } = setUp();
  push(10);
  turn();
  expect(batches).toEqual([]);
  turn();
  expect(batches).toEqual([10]);
  push(600);
  turn();
  expect(batches).toEqual([10, 512, 88]);
});
