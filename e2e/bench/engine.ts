import { emptyFlow } from '../../shared/src/flow/flow.ts';
import type { Flow } from '../../shared/src/flow/flow.ts';
import type { Message } from '../../shared/src/message/message.ts';
import { createMessage } from '../../shared/src/message/message.ts';
import { defineNode } from '../../shared/src/node/defineNode.ts';
import type { Intake } from '../../shared/src/node/implementNode.ts';
import { implementSource } from '../../shared/src/node/implementNode.ts';
import * as z from 'zod';
import { catalog } from '../../nodes/src/catalog.ts';
import { runners } from '../../nodes/src/runners.ts';
import { compile } from '../../runtime/src/engine/compile.ts';
import { startFlow } from '../../runtime/src/engine/startFlow.ts';
import { createTestShell } from '../../runtime/src/engine/testing.ts';
import { systemTime } from '../../runtime/src/runner/time.ts';
import type { Row } from './row.ts';

// The engine alone: a source that hands in batches, a threshold by device, two change nodes. Every message is pushed
// with a callback that acknowledges it and passes all three nodes. Messages a second of CPU time of this process.

const BATCH = 256;
const DEVICES = 64;
const WARM_UP_BATCHES = 4_000;
const BATCHES = 20_000;
const ROUNDS = 5;

const benchSource = defineNode({
  type: 'bench-source',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'Bench',
  summary: 'Hands in what the bench makes',
  icon: 'gauge',
  inputs: [],
  outputs: [{ name: 'out', title: 'Out', description: 'What the bench makes.' }],
  config: z.object({}),
});

export async function engineRows(): Promise<Row[]> {
  const { intake, counts, stop } = await startBenchFlow();
  const batch = readings();
  let settled = 0;
  const acknowledge = () => {
    settled += 1;
  };
  const runMany = async (batches: number) => {
    for (let count = 0; count < batches; count++) {
      for (const message of batch) intake.push('out', message, acknowledge);
      await new Promise<void>((resolve) => systemTime.soon(resolve));
    }
  };
  await runMany(WARM_UP_BATCHES);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await runMany(BATCHES);
    const { user, system } = process.cpuUsage(before);
    rates.push((BATCHES * BATCH) / ((user + system) / 1e6));
  }
  const pushed = (WARM_UP_BATCHES + ROUNDS * BATCHES) * BATCH;
  if (settled !== pushed || counts() !== pushed) {
    throw new Error(`Of ${pushed} messages ${counts()} came through and ${settled} were acknowledged.`);
  }
  await stop();
  const median = rates.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0;
  return [
    {
      what: `Engine alone: threshold by device, then two changes, batches of ${BATCH}, median of ${ROUNDS}`,
      value: `${(median / 1e6).toFixed(2)} million messages/s of one core`,
      bar: 'at least 2 million /s',
      isMet: median >= 2e6,
    },
  ];
}

async function startBenchFlow() {
  const intakes: Intake<string>[] = [];
  const source = implementSource(benchSource, () => ({
    start: (intake) => {
      intakes.push(intake);
      return Promise.resolve(() => undefined);
    },
  }));
  const entry = { definition: benchSource, form: { sentence: () => '' } };
  const compiled = compile(benchFlow(), new Map([...catalog, ['bench-source', entry]]), {
    connections: new Map(),
  });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ sentence }) => sentence).join(' '));
  const flow = await startFlow(
    compiled.plan,
    createTestShell({
      implementations: new Map([...runners, ['bench-source', source]]),
      clock: systemTime,
      scheduler: systemTime,
    }),
  );
  const [intake] = intakes;
  if (intake === undefined) throw new Error('The bench has no source.');
  return { intake, counts: () => flow.taps.nodes()['second']?.out ?? 0, stop: () => flow.stop(1_000) };
}

function benchFlow(): Flow {
  const position = { x: 0, y: 0 };
  const threshold = { value: 'payload.temperature', operator: '>', limit: 30, mode: 'each' };
  return {
    ...emptyFlow('bench', 'Bench'),
    nodes: [
      { id: 'in', type: 'bench-source', position, config: {} },
      { id: 'hot', type: 'threshold', position, config: threshold },
      {
        id: 'first',
        type: 'change',
        position,
        config: { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] },
      },
      {
        id: 'second',
        type: 'change',
        position,
        config: { set: [{ path: 'payload.site', to: 'north' }] },
      },
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', 'true'], to: ['first', 'in'] },
      { from: ['hot', 'false'], to: ['first', 'in'] },
      { from: ['first', 'out'], to: ['second', 'in'] },
    ],
  };
}

function readings(): readonly Message[] {
  return Array.from({ length: BATCH }, (_, index) =>
    createMessage({
      id: `m${index}`,
      time: index,
      topic: 'devices/f1/telemetry',
      device: `device-${index % DEVICES}`,
      payload: { temperature: index % 60, humidity: 40 },
    }),
  );
}
