import { describe, expect, it } from 'vitest';
import { startFlow } from './startFlow.ts';
import { createLab, drawFlow, originAt, planOf, reading } from './testNodes.ts';
import { createTestShell } from './testing.ts';

async function running(flow: ReturnType<typeof drawFlow>, isOpen = true) {
  const lab = createLab(isOpen);
  const shell = createTestShell({ implementations: lab.implementations });
  const started = await startFlow(planOf(flow), shell);
  return { lab, shell, flow: started, time: shell.time, origin: originAt(lab) };
}

describe('batches', () => {
  it('[EN2] hands all messages of a turn to a node as one array, without a copy on the way', async () => {
    const { lab, time, origin } = await running(
      drawFlow({ in: 'bring', a: 'pass', b: 'pass', c: 'pass' }, 'in>a', 'a>b', 'a>c'),
    );
    for (let count = 0; count < 600; count++) origin.push(reading(count));
    expect(lab.seen.size).toBe(0);
    await time.settle();
    expect(lab.seen.get('a')?.map((array) => array.length)).toEqual([512, 88]);
    expect(lab.seen.get('b')?.[0]).toBe(lab.seen.get('a')?.[0]);
    expect(lab.seen.get('c')?.[0]).toBe(lab.seen.get('a')?.[0]);
    expect(origin.outcomes).toHaveLength(600);
  });
});
