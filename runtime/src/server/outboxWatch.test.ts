import type { Outbox } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import type { OutboxWatch } from './outboxWatch.ts';
import { watchOutboxes } from './outboxWatch.ts';

const outbox = (state: Outbox['state'], node = 's'): Outbox => ({
  flow: 'f',
  node,
  name: 'Store',
  state,
  sentence: 'It is away.',
  waiting: 3,
  bytes: 300,
  maxBytes: 1_000,
  dropped: 0,
});

/** Tells states at seconds; gives the effects as `second kind severity`. */
function told(...looks: readonly (readonly [number, ...Outbox['state'][]])[]): string[] {
  let watch: OutboxWatch = {};
  return looks.flatMap(([second, ...states]) => {
    const [next, effects] = watchOutboxes(
      watch,
      states.map((state) => outbox(state)),
      second * 1_000,
    );
    watch = next;
    return effects.map((effect) =>
      `${second} ${effect.kind} ${effect.kind === 'raise' ? effect.severity : ''}`.trim(),
    );
  });
}

describe('[EN8] an outbox', () => {
  it.each([
    ['that is back within a minute calls nobody', [[0, 'away'], [50, 'away'], [55]], []],
    [
      'whose target is away for a minute does, once',
      [
        [0, 'away'],
        [60, 'away'],
        [90, 'away'],
      ],
      ['60 raise major'],
    ],
    [
      'is cleared when the target is back',
      [
        [0, 'away'],
        [60, 'away'],
        [70, 'sending'],
      ],
      ['60 raise major', '70 clear'],
    ],
    [
      'is cleared when nothing waits any more',
      [[0, 'away'], [60, 'away'], [70]],
      ['60 raise major', '70 clear'],
    ],
    ['that is full calls at once', [[0, 'full']], ['0 raise critical']],
    [
      'that gets full while it is away calls again',
      [
        [0, 'away'],
        [60, 'away'],
        [70, 'full'],
        [80, 'away'],
      ],
      ['60 raise major', '70 raise critical'],
    ],
    [
      'counts anew after it was back',
      [[0, 'away'], [30], [40, 'away'], [90, 'away'], [100, 'away']],
      ['100 raise major'],
    ],
    [
      'survives a clock that is set back',
      [
        [100, 'away'],
        [50, 'away'],
        [110, 'away'],
      ],
      ['110 raise major'],
    ],
  ] as const)('%s', (_what, looks, effects) => {
    expect(told(...looks)).toEqual(effects);
  });

  it('does not stand for another', () => {
    const [watch] = watchOutboxes({}, [outbox('full', 'a'), outbox('away', 'b')], 0);
    expect(watchOutboxes(watch, [outbox('away', 'b')], 1)[1]).toEqual([{ kind: 'clear', node: 'a' }]);
  });
});
