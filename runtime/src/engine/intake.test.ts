import { createMessage } from '@sluice/shared/message/message.ts';
import type { Settled } from '@sluice/shared/node/implementNode.ts';
import { expect, it } from 'vitest';
import { createSourceIntake } from './intake.ts';

function messages(count: number) {
  return Array.from({ length: count }, (_, at) => createMessage({ id: String(at), time: 0 }));
}

/** An intake with turns that are counted; `batches` has the number of messages of each, `settles` what has to be called when it is through. */
function setUp() {
  const due: (() => void)[] = [];
  const batches: number[] = [];
  const settles: (((outcome: Settled) => void) | undefined)[] = [];
  const intake = createSourceIntake({
    node: () => 0,
    scheduler: { soon: (run) => void due.push(run), after: () => () => undefined },
    isFull: () => false,
    isHeld: () => false,
    hasRoom: () => true,
    faulty: (error) => {
      throw error;
    },
    run: (_entry, count, settled) => {
      batches.push(count);
      settles.push(settled);
    },
  });
  const push = (count: number) => {
    for (const message of messages(count)) intake.push('out', message);
  };
  const turn = () => due.splice(0).forEach((run) => run());
  return { batches, settles, intake, push, turn };
}

it('[EN2] one message by itself goes on at the next turn', () => {
  const { batches, push, turn } = setUp();
  push(1);
  turn();
  expect(batches).toEqual([1]);
});

it('[EN2] what comes in one turn goes on together, 512 at most', () => {
  const { batches, push, turn } = setUp();
  push(10);
  push(10);
  turn();
  expect(batches).toEqual([20]);
  push(600);
  turn();
  expect(batches).toEqual([20, 512, 88]);
});

it('[EN2] what a source hands in together stays together where it fits', () => {
  const { batches, intake, turn } = setUp();
  intake.pushAll('out', messages(300));
  intake.pushAll('out', messages(300));
  intake.pushAll('out', messages(20));
  turn();
  expect(batches).toEqual([300, 320]);
});

it('[EN6] messages that were handed in together are settled once, when all of them are through', () => {
  const { settles, intake, turn } = setUp();
  const outcomes: string[] = [];
  intake.pushAll('out', messages(1_200), (outcome) => outcomes.push(outcome));
  turn();
  for (const settle of settles.slice(0, 2)) settle?.('done');
  expect([settles.length, outcomes]).toEqual([3, []]);
  settles[2]?.('done');
  expect(outcomes).toEqual(['done']);
});

it('[EN6] they are refused when one of them is', () => {
  const { settles, intake, turn } = setUp();
  const outcomes: string[] = [];
  intake.pushAll('out', messages(1_200), (outcome) => outcomes.push(outcome));
  turn();
  for (const [at, settle] of settles.entries()) settle?.(at === 1 ? 'refused' : 'done');
  expect(outcomes).toEqual(['refused']);
});
