import type { FlowTotals, NodeCounters } from '../../engine/runningFlow.ts';
import { join } from 'node:path';
import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStateStore } from '../../storage/stateStore.ts';
import { ADA, apiOf, send, startTestServer } from '../testServer.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };

const NODE: NodeCounters = {
  in: 30,
  out: 20,
  errors: 3,
  deadLetters: 2,
  waiting: 4,
  evicted: 1,
  retries: 7,
  busyMs: 1_500,
};
const TOTALS: FlowTotals = { batches: 5, messages: 30, underWay: 6, oldestMs: 2_500, memory: 4_096 };
const OUTBOX = {
  flow: 'a',
  node: 'n',
  name: 'Out',
  state: 'away',
  sentence: 'The broker is away.',
  waiting: 12,
  bytes: 3_400,
  maxBytes: 100_000,
  dropped: 8,
} as const;

async function setUp() {
  const test = await startTestServer(ADMIN);
  const api = apiOf(test.server, test.cookieFor('admin'));
  await api.ok('createFlow', { body: { name: 'A' } });
  await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  const count = (node: Partial<NodeCounters> = {}): void =>
    test.host.tell('counters', {
      kind: 'counters',
      flow: 'a',
      wires: {},
      nodes: { n: { ...NODE, lag: 9, ...node } },
      totals: TOTALS,
      outboxes: [OUTBOX],
      userCode: { cpuMs: 2_500, memory: 904 },
    });
  const cookie = test.cookieFor('admin');
  const scrape = async (): Promise<string> =>
    String((await send(test.server, 'get', '/metrics', { headers: { cookie } })).body);
  return { ...test, api, count, scrape };
}

describe('/metrics', () => {
  it('tells of flows, nodes, outboxes, processes and the broker, in base units', async () => {
    const { count, scrape } = await setUp();
    count();
    const text = await scrape();
    const node = '{workspace="main",flow="a",node="n"}';
    const flow = '{workspace="main",flow="a"}';
    for (const line of [
      'sluice_flows{workspace="main",state="running"} 1',
      `sluice_node_messages_in_total${node} 30`,
      `sluice_node_messages_out_total${node} 20`,
      `sluice_node_errors_total${node} 3`,
      `sluice_node_dead_letters_total${node} 2`,
      `sluice_node_retries_total${node} 7`,
      `sluice_node_state_keys_evicted_total${node} 1`,
      `sluice_node_busy_seconds_total${node} 1.5`,
      `sluice_node_queue_depth${node} 4`,
      `sluice_flow_messages_total${flow} 30`,
      `sluice_flow_batches_total${flow} 5`,
      `sluice_flow_messages_under_way${flow} 6`,
      `sluice_flow_oldest_unacknowledged_seconds${flow} 2.5`,
      `sluice_flow_memory_bytes${flow} 5000`,
      `sluice_flow_user_code_memory_bytes${flow} 904`,
      `sluice_flow_user_code_seconds_total${flow} 2.5`,
      `sluice_source_lag_messages${node} 9`,
      `sluice_outbox_messages${node} 12`,
      `sluice_outbox_bytes${node} 3400`,
      `sluice_outbox_limit_bytes${node} 100000`,
      `sluice_outbox_dropped_total${node} 8`,
      'sluice_disk_trouble{workspace="main"} 0',
      'sluice_metrics_nodes_left_out 0',
      'sluice_broker_clients 0',
      '# TYPE sluice_node_messages_in_total counter',
      '# TYPE sluice_node_queue_depth gauge',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/^sluice_process_cpu_seconds_total\{workspace="main",role="server"\} [\d.]+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('[EN7] tells how many failed messages are kept of each flow, and how many are gone', async () => {
    const { folder, scrape } = await setUp();
    const store = openStateStore(join(folder, 'runner', 'main', 'state.db'), { deadLettersPerFlow: () => 2 });
    onTestFinished(() => store.close());
    const deadLetters = ['1', '2', '3'].map((id) => {
      const message = createMessage({ id, time: 1 });
      return { id, node: 'n', port: 'in', at: 1, sentence: 'It broke.', message };
    });
    store.commit([{ flow: 'a', state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
    const lines = (await scrape()).split('\n');
    expect(lines).toContain('sluice_flow_dead_letters{workspace="main",flow="a"} 2');
    expect(lines).toContain('sluice_flow_dead_letters_dropped_total{workspace="main",flow="a"} 1');
  });

  it('[EN13] counters go on from where they were when the runner comes back and counts anew', async () => {
    const { count, scrape, host } = await setUp();
    const messagesIn = async (): Promise<string | undefined> =>
      /^sluice_node_messages_in_total\{.*\} (\d+)$/m.exec(await scrape())?.[1];
    count();
    host.setState('restarting');
    expect(await messagesIn()).toBe('30');
    expect(await scrape()).toContain('sluice_flow_messages_under_way{workspace="main",flow="a"} 0');
    host.setState('ready');
    // More than before already: not taken for the same count going on.
    count({ in: 40 });
    expect(await messagesIn()).toBe('70');
    // A new version counts anew while the process stays.
    count({ in: 2 });
    expect(await messagesIn()).toBe('72');
  });

  it('forgets a flow that is deleted', async () => {
    const { count, scrape, api } = await setUp();
    count();
    expect(await scrape()).toContain('flow="a"');
    await api.ok('deleteFlow', { params: { id: 'a' }, query: { revision: 1 } });
    expect(await scrape()).not.toContain('flow="a"');
  });

  it('tells twice the same when nothing happened in between', async () => {
    const { count, scrape } = await setUp();
    count();
    const own = async (): Promise<string[]> =>
      (await scrape()).split('\n').filter((line) => /^sluice_(flow|node|outbox)/.test(line));
    expect(await own()).toEqual(await own());
  });
});
