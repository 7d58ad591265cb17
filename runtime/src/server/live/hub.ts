import type { LogEntry, Status, Values } from '@sluice/shared/protocol/live.ts';
import type { Notice } from '../../engine/shell.ts';
import type { RunnerEvents, RunnerHost } from '../../runner/runnerHost.ts';
import type { RunnerTime } from '../../runner/time.ts';
import type { Alarms } from '../alarms.ts';
import type { Devices } from '../devices/devices.ts';
import type { Deployments } from '../flows/deployments.ts';
import { createLogBuffer } from './logBuffer.ts';
import { createRecentTrouble } from './recentTrouble.ts';
import type { Rates } from './rates.ts';
import { createRates } from './rates.ts';
import { showMessage } from '@sluice/shared/protocol/showMessage.ts';
import type { Viewer } from './viewers.ts';
import { createViewers } from './viewers.ts';

/** Carries what happens in a workspace to the pages that watch it (EN14). */
export interface Hub {
  join(viewer: Viewer): void;
  leave(viewer: Viewer): void;
  watch(viewer: Viewer, flow: string, nodes: readonly string[] | undefined): void;
  unwatch(viewer: Viewer, flow: string): void;
  pause(viewer: Viewer, flow: string, isPaused: boolean): void;
  watchDevices(viewer: Viewer, on: boolean): void;
  isWatching(viewer: Viewer, flow: string): boolean;
  watchedBy(viewer: Viewer): number;
  /** A page is open. */
  isWatched(): boolean;
  stop(): void;
}

/** What the hub carries news of. */
export interface HubParts {
  readonly host: RunnerHost;
  readonly deployments: Deployments;
  readonly alarms: Alarms;
  readonly devices: Devices;
}

const LOG_MS = 250;
/** Devices in one frame at most; the others follow when they change again. */
const DEVICES_CAP = 1_000;

export function createHub(workspace: HubParts, time: RunnerTime, newId: () => string): Hub {
  const { host, deployments } = workspace;
  const viewers = createViewers();
  const rates = new Map<string, Rates>();
  const nodeStatus = new Map<string, Status['nodes']>();
  const log = createLogBuffer();
  const recent = createRecentTrouble();
  let stopFlush: (() => void) | undefined;

  function statusOf(flow: string): Status {
    const deployment = deployments.get(flow);
    const nodes = nodeStatus.get(flow) ?? {};
    if (deployment === undefined) return { flow, nodes };
    const { version, state, sentence, since } = deployment;
    return { flow, nodes, deployment: { version, state, sentence, since } };
  }

  function tellStatus(flow: string): void {
    for (const [viewer] of viewers.of(flow)) viewer.send('status', statusOf(flow));
  }

  function setNodes(flow: string, nodes: Status['nodes']): void {
    nodeStatus.set(flow, { ...nodeStatus.get(flow), ...nodes });
    tellStatus(flow);
  }

  function counters({ flow, wires, nodes }: RunnerEvents['counters']): void {
    const watching = viewers.of(flow);
    if (watching.length === 0) return;
    const own = rates.get(flow) ?? createRates();
    rates.set(flow, own);
    const errors = Object.entries(nodes).flatMap(([node, { errors }]) =>
      errors > 0 ? [[node, errors]] : [],
    );
    const frame = {
      flow,
      wires: own.next(wires, time.now()),
      errors: Object.fromEntries(errors) as Record<string, number>,
    };
    for (const [viewer] of watching) if (!viewer.isSlow()) viewer.send('counters', frame);
  }

  function values({ flow, samples }: RunnerEvents['values']): void {
    const watching = viewers.of(flow).filter(([viewer, { isPaused }]) => !isPaused && !viewer.isSlow());
    if (watching.length === 0) return;
    const shown = samples.map(({ wire, message }) => ({ wire, message: showMessage(message) }));
    for (const [viewer, { nodes }] of watching) {
      const wanted = nodes === undefined ? shown : shown.filter(({ wire }) => touches(wire, nodes));
      if (wanted.length > 0) viewer.send('values', { flow, samples: wanted });
    }
  }

  function notices({ notices, skipped }: RunnerEvents['notices']): void {
    for (const notice of notices) {
      if (notice.kind === 'status') setNodes(notice.flow, { [notice.node]: notice.status });
      else if (notice.kind === 'error' || notice.kind === 'flow') trouble(notice);
      else if (viewers.of(notice.flow).length > 0) {
        log.add(notice.flow, () => toEntry(notice, newId(), time.now()));
      }
    }
    const [first] = notices;
    if (first !== undefined && viewers.of(first.flow).length > 0) log.skip(first.flow, skipped);
    if (!log.isEmpty) stopFlush ??= time.after(LOG_MS, flushLog);
  }

  /** Kept for pages that are opened later, and shown where one is open. */
  function trouble(notice: Extract<Notice, { kind: 'error' | 'flow' }>): void {
    const entry = toEntry(notice, newId(), time.now());
    recent.add(notice.flow, entry);
    if (viewers.of(notice.flow).length > 0) log.add(notice.flow, () => entry);
  }

  function flushLog(): void {
    stopFlush?.();
    stopFlush = undefined;
    for (const entries of log.take()) {
      for (const [viewer, { isPaused }] of viewers.of(entries.flow)) {
        if (!isPaused && !viewer.isSlow()) viewer.send('log', entries);
      }
    }
  }

  function forget(flow: string): void {
    host.watch(flow, false);
    rates.delete(flow);
  }

  const stops = [
    host.on('counters', counters),
    host.on('values', values),
    host.on('status', ({ flow, nodes }) => setNodes(flow, { ...nodes })),
    host.on('notices', notices),
    // Never left out: somebody asked for it, and it comes seldom.
    host.on('trace', ({ flow, trace }) => {
      for (const [viewer] of viewers.of(flow)) viewer.send('trace', { flow, trace });
    }),
    deployments.onChanged(({ flow, ...deployment }) => {
      if (deployment.state === 'starting' || deployment.state === 'stopped') nodeStatus.delete(flow);
      const nodes = nodeStatus.get(flow) ?? {};
      const { version, state, sentence, since } = deployment;
      // To every page: the list of flows shows the state as well.
      for (const viewer of viewers.all()) {
        viewer.send('status', { flow, nodes, deployment: { version, state, sentence, since } });
      }
    }),
    workspace.alarms.onChanged((alarm) => {
      for (const viewer of viewers.all()) viewer.send('alarm', { alarm });
    }),
    workspace.devices.onChanged((devices) => {
      const frame = { devices: devices.slice(0, DEVICES_CAP) };
      for (const viewer of viewers.ofDevices()) if (!viewer.isSlow()) viewer.send('devices', frame);
    }),
  ];

  return {
    join: (viewer) => viewers.add(viewer),
    leave(viewer) {
      for (const flow of viewers.remove(viewer)) forget(flow);
    },
    watch(viewer, flow, nodes) {
      // What waits for those who watch already is among the recent entries: sent now, nobody gets it twice.
      flushLog();
      const isNew = !viewers.isWatching(viewer, flow);
      if (viewers.watch(viewer, flow, nodes)) host.watch(flow, true);
      viewer.send('status', statusOf(flow));
      const entries = recent.of(flow);
      if (isNew && entries.length > 0) viewer.send('log', { flow, entries: [...entries], skipped: 0 });
    },
    unwatch(viewer, flow) {
      if (viewers.unwatch(viewer, flow)) forget(flow);
    },
    pause: (viewer, flow, isPaused) => viewers.pause(viewer, flow, isPaused),
    watchDevices: (viewer, on) => viewers.watchDevices(viewer, on),
    isWatching: (viewer, flow) => viewers.isWatching(viewer, flow),
    watchedBy: (viewer) => viewers.watchedBy(viewer),
    isWatched: () => viewers.all().length > 0,
    stop() {
      stopFlush?.();
      for (const stop of stops) stop();
    },
  };
}

/** A wire, by `wireKey`, that starts or ends at one of these nodes. */
function touches(wire: Values['samples'][number]['wire'], nodes: ReadonlySet<string>): boolean {
  for (const node of nodes) {
    if (wire.startsWith(`${node}.`) || wire.includes(`>${node}.`)) return true;
  }
  return false;
}

function toEntry(notice: Exclude<Notice, { kind: 'status' }>, id: string, at: number): LogEntry {
  switch (notice.kind) {
    case 'debug':
      return {
        id,
        at,
        kind: 'debug',
        node: notice.node,
        text: notice.label,
        message: showMessage(notice.message),
      };
    case 'error':
      return {
        id,
        at,
        kind: 'error',
        node: notice.node,
        text: notice.sentence,
        ...(notice.message === undefined ? {} : { message: showMessage(notice.message) }),
      };
    case 'log':
      return { id, at, kind: 'log', node: notice.node, text: notice.text };
    case 'flow':
      return { id, at, kind: 'notice', text: notice.sentence };
  }
}
