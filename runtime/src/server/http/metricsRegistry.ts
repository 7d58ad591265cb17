import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { Workspace, Workspaces } from '../workspace.ts';
import type { LatestCounters, MetricsOptions } from './metricsOptions.ts';

const STATES = ['starting', 'running', 'stopped', 'failed', 'held'] as const;

/** All metrics; collected anew at each scrape. */
export function createRegistry(options: MetricsOptions, latest: LatestCounters): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  flowGauges(registry, options.workspaces, latest);
  if (options.broker() !== undefined) brokerGauges(registry, options);
  return registry;
}

function flowGauges(registry: Registry, workspaces: Workspaces, latest: LatestCounters): void {
  const flows = new Gauge({
    name: 'sluice_flows',
    help: 'Deployed flows by state',
    labelNames: ['workspace', 'state'],
    registers: [],
    collect() {
      for (const workspace of workspaces.values()) {
        const deployments = workspace.deployments.list();
        for (const state of STATES) {
          const count = deployments.filter((deployment) => deployment.state === state).length;
          this.set({ workspace: workspace.id, state }, count);
        }
      }
    },
  });
  registry.registerMetric(flows);
  const sums = [
    ['sluice_flow_messages_in', 'Messages that nodes took in since the flow started', 'in'],
    ['sluice_flow_messages_out', 'Messages that nodes gave out since the flow started', 'out'],
    ['sluice_flow_errors', 'Messages on which nodes failed since the flow started', 'errors'],
    ['sluice_flow_dead_letters', 'Messages in the dead letters since the flow started', 'deadLetters'],
    ['sluice_flow_waiting', 'Messages that wait in the flow now', 'waiting'],
    [
      'sluice_flow_keys_evicted',
      'Keys of state put out since the flow started, because there were too many or because of their age',
      'evicted',
    ],
  ] as const;
  for (const [name, help, field] of sums) {
    const sum = new Gauge({
      name,
      help,
      labelNames: ['workspace', 'flow'],
      registers: [],
      collect() {
        this.reset();
        for (const workspace of workspaces.values()) sumInto(this, workspace, latest, field);
      },
    });
    registry.registerMetric(sum);
  }
}

function sumInto(
  gauge: Gauge<'workspace' | 'flow'>,
  workspace: Workspace,
  latest: LatestCounters,
  field: keyof NodeCounters,
): void {
  const running = new Set(workspace.deployments.list().map(({ flow }) => flow));
  for (const [flow, nodes] of latest.get(workspace.id) ?? []) {
    if (!running.has(flow)) continue;
    const total = Object.values(nodes).reduce((sum, counters) => sum + counters[field], 0);
    gauge.set({ workspace: workspace.id, flow }, total);
  }
}

function brokerGauges(registry: Registry, options: MetricsOptions): void {
  const clients: Gauge = new Gauge({
    name: 'sluice_broker_clients',
    help: 'MQTT clients connected to the embedded broker',
    registers: [],
    collect: () => clients.set(options.broker()?.clients ?? 0),
  });
  const dropped: Gauge = new Gauge({
    name: 'sluice_broker_dropped',
    help: 'QoS 0 messages that the embedded broker left out because their reader was too slow',
    registers: [],
    collect: () => dropped.set(options.broker()?.dropped ?? 0),
  });
  registry.registerMetric(clients);
  registry.registerMetric(dropped);
}
