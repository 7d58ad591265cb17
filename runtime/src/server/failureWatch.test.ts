import { expect, it } from 'vitest';
import type { FailureEffect, FailureEvent, FailureWatch } from './failureWatch.ts';
import { NOTHING_FAILED, watchFailures } from './failureWatch.ts';

const LIMIT = 60;

/** Seconds since the beginning, and what the runner tells then; without counts, time just went by. */
type Line = readonly [second: number, nodes?: Readonly<Record<string, number>>];

function run(lines: readonly Line[], from: FailureWatch = NOTHING_FAILED): string[] {
  let watch = from;
  return lines.flatMap(([second, nodes]) => {
    const now = second * 1_000;
    const event: FailureEvent =
      nodes === undefined
        ? { kind: 'passed', now, limit: LIMIT }
        : { kind: 'told', now, limit: LIMIT, nodes };
    const [next, effects] = watchFailures(watch, event);
    watch = next;
    return effects.map((effect) => `${second} s: ${words(effect)}`);
  });
}

function words(effect: FailureEffect): string {
  return effect.kind === 'raise' ? `raise ${effect.count}, most at ${effect.node}` : `clear ${effect.node}`;
}

const table: readonly { readonly name: string; readonly lines: readonly Line[]; readonly gives: string[] }[] =
  [
    { name: 'nothing fails', lines: [[5, { a: 0 }], [10, { a: 0 }], [900]], gives: [] },
    { name: 'exactly the limit is no alarm', lines: [[5, { a: 60 }], [10]], gives: [] },
    {
      name: 'one more than the limit within a minute is an alarm, for the worst node',
      lines: [
        [5, { a: 20, b: 5 }],
        [64, { a: 20, b: 41 }],
      ],
      gives: ['64 s: raise 61, most at b'],
    },
    {
      name: 'the same number over more than a minute is none',
      lines: [
        [5, { a: 30 }],
        [65, { a: 61 }],
      ],
      gives: [],
    },
    {
      name: 'it is raised once, however long it goes on',
      lines: [[5, { a: 62 }], [10, { a: 162 }], [70, { a: 400 }], [130, { a: 900 }], [135]],
      gives: ['5 s: raise 62, most at a'],
    },
    {
      name: 'it is cleared five minutes after it became quiet, and can be raised again',
      lines: [[5, { a: 62 }], [65], [364], [365], [400, { a: 200 }]],
      gives: ['5 s: raise 62, most at a', '365 s: clear a', '400 s: raise 138, most at a'],
    },
    {
      name: 'some that fail below the rate do not keep it up',
      lines: [
        [5, { a: 62 }],
        [70, { a: 63 }],
        [200, { a: 70 }],
        [370, { a: 80 }],
      ],
      gives: ['5 s: raise 62, most at a', '370 s: clear a'],
    },
    {
      name: 'a new burst begins the five minutes anew',
      lines: [[5, { a: 62 }], [70], [300, { a: 130 }], [370], [660], [670]],
      gives: ['5 s: raise 62, most at a', '670 s: clear a'],
    },
    {
      name: 'the counts of a flow that started again are taken from nothing',
      lines: [
        [5, { a: 50 }],
        [10, { a: 3 }],
        [15, { a: 10 }],
        [20, { a: 12 }],
      ],
      gives: ['20 s: raise 62, most at a'],
    },
    {
      name: 'a clock that is set back begins the five minutes anew',
      lines: [[1_005, { a: 62 }], [1_070], [500], [799], [800]],
      gives: ['1005 s: raise 62, most at a', '800 s: clear a'],
    },
  ];

it.each(table)('[EN7] an alarm above a rate: $name', ({ lines, gives }) => {
  expect(run(lines)).toEqual(gives);
});

it('[EN7] an alarm that was raised before a restart of the server is cleared by time alone', () => {
  const found = { ...NOTHING_FAILED, raised: { node: 'a', quietSince: 0 } };
  expect(run([[299], [300]], found)).toEqual(['300 s: clear a']);
});

it('[EN14] what is kept does not grow with what fails', () => {
  let watch = NOTHING_FAILED;
  for (let tick = 1; tick <= 4_000; tick++) {
    [watch] = watchFailures(watch, { kind: 'told', now: tick * 250, limit: LIMIT, nodes: { a: tick * 9 } });
  }
  expect(watch.recent.length).toBeLessThanOrEqual(60);
});
