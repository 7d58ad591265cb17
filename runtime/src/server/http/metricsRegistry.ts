import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Metric } from './metricsRows.ts';
import {
  FLOW_METRICS,
  LAG_METRICS,
  LETTER_METRICS,
  NODE_METRICS,
  OUTBOX_METRICS,
  PROCESS_METRICS,
  RUNNER_METRICS,
} from './metricsRows.ts';
import type { MetricsScope } from './metricsOptions.ts';
import type { Scrape } from './metricsScrape.ts';
import { createScrape } from './metricsScrape.ts';

const STATES = ['starting', 'running', 'stopped', 'failed', 'held'] as const;

/** All metrics; collected anew at each scrape. */
export function createRegistry(scope: MetricsScope): Registry {
  const registry = new Registry();
  if (scope.server !== undefined) collectDefaultMetrics({ register: registry });
  const scrape = createScrape(() => scope.workspaces());
  // The first one to be registered is the first one to be collected: it looks, and all others tell of the same moment.
  registry.registerMetric(flowStates(scope, scrape));
  registry.registerMetric(leftOut(scrape));
  addAll(registry, FLOW_METRICS, () => scrape.flows);
  addAll(registry, NODE_METRICS, () => scrape.nodes);
  addAll(registry, LAG_METRICS, () => scrape.lags);
  addAll(registry, OUTBOX_METRICS, () => scrape.outboxes);
  addAll(registry, LETTER_METRICS, () => scrape.letters);
  addAll(registry, PROCESS_METRICS, () => scrape.processes);
  addAll(registry, RUNNER_METRICS, () => scrape.runners);
  if (scope.server?.broker() !== undefined) brokerGauges(registry, scope.server);
  return registry;
}

/** One series for each thing that is counted. */
function addAll<Counted extends { readonly labels: Readonly<Record<string, string>> }>(
  registry: Registry,
  metrics: readonly Metric<Counted>[],
  all: () => readonly Counted[],
): void {
  for (const { name, help, kind, labels, value } of metrics) {
    const configuration = { name, help, labelNames: [...labels], registers: [] };
    if (kind === 'counter') {
      const counter: Counter = new Counter({
        ...configuration,
        collect() {
          counter.reset();
          for (const one of all()) counter.inc(one.labels, value(one));
        },
      });
      registry.registerMetric(counter);
    } else {
      const gauge: Gauge = new Gauge({
        ...configuration,
        collect() {
          gauge.reset();
          for (const one of all()) gauge.set(one.labels, value(one));
        },
      });
      registry.registerMetric(gauge);
    }
  }
}

function flowStates(scope: MetricsScope, scrape: Scrape): Gauge {
  const flows: Gauge = new Gauge({
    name: 'sluice_flows',
    // One that is closed runs nothing and counts nothing: it opens at the start if flows ran in it, else with who comes.
    help: 'Deployed flows by state, of the workspaces that are open: those in which flows run, and those that somebody has come to since the start',
    labelNames: ['workspace', 'state'],
    registers: [],
    collect() {
      scrape.look();
      flows.reset();
      for (const workspace of scope.workspaces()) {
        const deployments = workspace.deployments.list();
        for (const state of STATES) {
          const count = deployments.filter((deployment) => deployment.state === state).length;
          flows.set({ workspace: workspace.id, state }, count);
        }
      }
    },
  });
  return flows;
}

function leftOut(scrape: Scrape): Gauge {
  const gauge: Gauge = new Gauge({
    name: 'sluice_metrics_nodes_left_out',
    help: 'Nodes that have no series of their own, because there are more than are told',
    registers: [],
    collect: () => gauge.set(scrape.leftOut),
  });
  return gauge;
}

function brokerGauges(registry: Registry, server: NonNullable<MetricsScope['server']>): void {
  const clients: Gauge = new Gauge({
    name: 'sluice_broker_clients',
    help: 'MQTT clients connected to the embedded broker',
    registers: [],
    collect: () => clients.set(server.broker()?.clients ?? 0),
  });
  const dropped: Counter = new Counter({
    name: 'sluice_broker_dropped_total',
    help: 'QoS 0 messages that the embedded broker left out because their reader was too slow',
    registers: [],
    collect() {
      dropped.reset();
      dropped.inc(server.broker()?.dropped ?? 0);
    },
  });
  registry.registerMetric(clients);
  registry.registerMetric(dropped);
}
