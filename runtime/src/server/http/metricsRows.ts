import type {
  CountedFlow,
  CountedLag,
  CountedLetters,
  CountedNode,
  CountedOutbox,
  CountedProcess,
  CountedRunner,
} from './metricsScrape.ts';

// Names follow https://prometheus.io/docs/practices/naming/: base units, `_total` for what only grows. Counters go on
// growing while the runner ends and comes back; they begin anew with the server, which Prometheus expects.

/** One row of `/metrics`. */
export interface Metric<Counted> {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: readonly string[];
  value(counted: Counted): number;
}

const BY_FLOW = ['workspace', 'flow'] as const;
const BY_NODE = ['workspace', 'flow', 'node'] as const;
const BY_PROCESS = ['workspace', 'role'] as const;
const BY_WORKSPACE = ['workspace'] as const;

function counter<Counted>(
  labels: readonly string[],
  name: string,
  help: string,
  value: (counted: Counted) => number,
): Metric<Counted> {
  return { name: `${name}_total`, help, kind: 'counter', labels, value };
}

function gauge<Counted>(
  labels: readonly string[],
  name: string,
  help: string,
  value: (counted: Counted) => number,
): Metric<Counted> {
  return { name, help, kind: 'gauge', labels, value };
}

export const FLOW_METRICS: readonly Metric<CountedFlow>[] = [
  counter(BY_FLOW, 'sluice_flow_messages', 'Messages that sources brought in', ({ messages }) => messages),
  counter(
    BY_FLOW,
    'sluice_flow_batches',
    'Batches in which they came: messages divided by batches is the batch size',
    ({ batches }) => batches,
  ),
  gauge(
    BY_FLOW,
    'sluice_flow_messages_under_way',
    'Messages that were taken in and are not acknowledged yet',
    ({ now }) => now.underWay,
  ),
  gauge(
    BY_FLOW,
    'sluice_flow_oldest_unacknowledged_seconds',
    'How long ago the oldest of them came in',
    ({ now }) => now.oldestMs / 1_000,
  ),
  gauge(
    BY_FLOW,
    'sluice_flow_memory_bytes',
    'Memory that state, timers, waiting messages and user code are reckoned to take',
    ({ now }) => now.memory,
  ),
  gauge(
    BY_FLOW,
    'sluice_flow_user_code_memory_bytes',
    'Memory that the user code of the flow takes in the sandbox process',
    ({ now }) => now.userCodeMemory,
  ),
  counter(
    BY_FLOW,
    'sluice_flow_user_code_seconds',
    'Processor time that the user code of the flow took in the sandbox process',
    ({ userCodeMs }) => userCodeMs / 1_000,
  ),
];

export const NODE_METRICS: readonly Metric<CountedNode>[] = [
  counter(BY_NODE, 'sluice_node_messages_in', 'Messages that the node took in', (node) => node.in),
  counter(BY_NODE, 'sluice_node_messages_out', 'Messages that the node gave out', (node) => node.out),
  counter(BY_NODE, 'sluice_node_errors', 'Messages on which the node failed', (node) => node.errors),
  counter(
    BY_NODE,
    'sluice_node_dead_letters',
    'Messages that went into the dead letters',
    (node) => node.deadLetters,
  ),
  counter(BY_NODE, 'sluice_node_retries', 'Times that messages were tried again', (node) => node.retries),
  counter(
    BY_NODE,
    'sluice_node_state_keys_evicted',
    'Keys of state that were put out, because there were too many or because of their age',
    (node) => node.evicted,
  ),
  counter(
    BY_NODE,
    'sluice_node_busy_seconds',
    'Processor time that the steps of the node took (sampled)',
    (node) => node.busyMs / 1_000,
  ),
  gauge(BY_NODE, 'sluice_node_queue_depth', 'Messages that wait at the node', (node) => node.waiting),
];

export const LAG_METRICS: readonly Metric<CountedLag>[] = [
  gauge(
    BY_NODE,
    'sluice_source_lag_messages',
    'Messages that have come to a source and wait until the flow takes them',
    ({ messages }) => messages,
  ),
];

export const OUTBOX_METRICS: readonly Metric<CountedOutbox>[] = [
  gauge(
    BY_NODE,
    'sluice_outbox_messages',
    'Messages that wait on disk for the target',
    (outbox) => outbox.waiting,
  ),
  gauge(BY_NODE, 'sluice_outbox_bytes', 'Bytes that these take', (outbox) => outbox.bytes),
  gauge(BY_NODE, 'sluice_outbox_limit_bytes', 'Bytes that they may take', (outbox) => outbox.maxBytes),
  gauge(
    BY_NODE,
    'sluice_outbox_oldest_seconds',
    'How long ago the oldest of them came in',
    (outbox) => outbox.oldestMs / 1_000,
  ),
  counter(
    BY_NODE,
    'sluice_outbox_dropped',
    'Messages that were put out because there was no room',
    (outbox) => outbox.dropped,
  ),
];

export const LETTER_METRICS: readonly Metric<CountedLetters>[] = [
  gauge(
    BY_FLOW,
    'sluice_flow_dead_letters',
    'Failed messages that are kept, to be looked at, replayed or dropped',
    ({ kept }) => kept,
  ),
  counter(
    BY_FLOW,
    'sluice_flow_dead_letters_dropped',
    'Failed messages that were put out because a flow keeps only so many',
    ({ dropped }) => dropped,
  ),
];

export const PROCESS_METRICS: readonly Metric<CountedProcess>[] = [
  counter(
    BY_PROCESS,
    'sluice_process_cpu_seconds',
    'Processor time that the process took',
    (process) => process.cpuSeconds,
  ),
  gauge(
    BY_PROCESS,
    'sluice_process_resident_memory_bytes',
    'Resident memory of the process',
    (process) => process.memory,
  ),
  counter(
    BY_PROCESS,
    'sluice_process_restarts',
    'Times that the process ended without being asked to and was started again',
    (process) => process.restarts,
  ),
];

export const RUNNER_METRICS: readonly Metric<CountedRunner>[] = [
  gauge(
    BY_WORKSPACE,
    'sluice_runner_event_loop_delay_mean_seconds',
    'How late the event loop of the runner comes to what is due, over the last 10 s: mean',
    ({ loopDelay }) => loopDelay.mean / 1_000,
  ),
  gauge(
    BY_WORKSPACE,
    'sluice_runner_event_loop_delay_p99_seconds',
    'The same: 99 of 100 are below',
    ({ loopDelay }) => loopDelay.p99 / 1_000,
  ),
  gauge(
    BY_WORKSPACE,
    'sluice_runner_event_loop_delay_max_seconds',
    'The same: the longest',
    ({ loopDelay }) => loopDelay.max / 1_000,
  ),
  gauge(
    BY_WORKSPACE,
    'sluice_disk_trouble',
    '1 while state cannot be written, so that nothing is acknowledged',
    ({ isDiskInTrouble }) => (isDiskInTrouble ? 1 : 0),
  ),
];
