import { flowSchema } from '../../shared/src/flow/flow.ts';
import type { Flow } from '../../shared/src/flow/flow.ts';
import type { DryInput } from '../../shared/src/protocol/running.ts';
import { catalog } from '../../nodes/src/catalog.ts';
import { runners } from '../../nodes/src/runners.ts';
import { dryRun } from '../../runtime/src/runner/dryRun/dryRun.ts';
import { systemTime } from '../../runtime/src/runner/time.ts';
import { createSandbox } from '../../runtime/src/sandbox/createSandbox.ts';
import type { Row } from './row.ts';

// A dry run on history (EN11): 100,000 messages of 64 devices, one a second each, with the clock of the data. Every
// message has a time of its own, so the clock moves 100,000 times. Messages a second of wall time, best of five.

const MESSAGES = 100_000;
const DEVICES = 64;
const ROUNDS = 5;
const START = Date.UTC(2026, 0, 1);

export async function dryRunRows(): Promise<Row[]> {
  const sandbox = createSandbox();
  const inputs = history();
  const measure = async (flow: Flow): Promise<string> => {
    let best = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const request = { flow, inputs, until: undefined, runForMs: 0 };
      const parts = { catalog, implementations: runners, sandbox, stopwatch: systemTime.now };
      const { tookMs, counts, coveredMs } = await dryRun(request, parts);
      if (counts['topic']?.in === undefined || counts['topic'].in === 0)
        throw new Error('Nothing got through.');
      if (coveredMs < 1_000_000) throw new Error('The clock did not move.');
      best = Math.max(best, MESSAGES / (tookMs / 1_000));
    }
    return `${Math.round(best).toLocaleString('en')} msg/s`;
  };
  try {
    return [
      {
        what: 'dry run on history: threshold for each message, change',
        value: await measure(flowOf({ mode: 'each' })),
        bar: '—',
      },
      {
        what: 'dry run on history: threshold on changes by device “for 1 min”, change',
        value: await measure(flowOf({ mode: 'change', raiseAfter: '1m' })),
        bar: '—',
      },
      {
        what: 'dry run on history: function, threshold on changes by device “for 1 min”, change',
        value: await measure(throughCode(flowOf({ mode: 'change', raiseAfter: '1m' }))),
        bar: '—',
      },
    ];
  } finally {
    await sandbox.close();
  }
}

function history(): DryInput[] {
  return Array.from({ length: MESSAGES }, (_, at) => ({
    node: 'in',
    time: START + Math.floor((at * 1_000) / DEVICES),
    topic: '',
    device: `d${at % DEVICES}`,
    payload: { t: 20 + 15 * Math.sin(at / DEVICES / 200 + (at % DEVICES)) },
    headers: {},
  }));
}

function flowOf(threshold: Record<string, string>): Flow {
  const position = { x: 0, y: 0 };
  return flowSchema.parse({
    format: 1,
    id: 'bench',
    name: 'Bench',
    nodes: [
      { id: 'in', type: 'device-input', position },
      { id: 'hot', type: 'threshold', position, config: { value: 'payload.t', limit: 30, ...threshold } },
      {
        id: 'topic',
        type: 'change',
        position,
        config: { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] },
      },
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', threshold['mode'] === 'each' ? 'true' : 'raised'], to: ['topic', 'in'] },
    ],
  });
}

/** The same with user code in front: each message goes through the sandbox. */
function throughCode(flow: Flow): Flow {
  return flowSchema.parse({
    ...flow,
    nodes: [
      ...flow.nodes,
      {
        id: 'code',
        type: 'function',
        position: { x: 0, y: 0 },
        config: { code: 'return { ...message, payload: { t: message.payload.t } };' },
      },
    ],
    wires: [
      { from: ['in', 'out'], to: ['code', 'in'] },
      { from: ['code', 'out'], to: ['hot', 'in'] },
      ...flow.wires.filter(({ from }) => from[0] !== 'in'),
    ],
  });
}
