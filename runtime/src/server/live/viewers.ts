import type { ServerEvents } from '@sluice/shared/protocol/live.ts';

/** One open page, as far as the hub needs it. */
export interface Viewer {
  send<Event extends keyof ServerEvents>(event: Event, ...payload: Parameters<ServerEvents[Event]>): void;
  /** More waits to be sent than a page that keeps up would leave. */
  isSlow(): boolean;
}

interface Watch {
  isPaused: boolean;
  /** Only wires of these nodes; all where it is left out. */
  readonly nodes: ReadonlySet<string> | undefined;
}

/** Who watches what. */
export interface Viewers {
  add(viewer: Viewer): void;
  /** The flows that nobody watches any more. */
  remove(viewer: Viewer): string[];
  /** True when nobody watched this flow before. */
  watch(viewer: Viewer, flow: string, nodes: readonly string[] | undefined): boolean;
  /** True when nobody watches this flow any more. */
  unwatch(viewer: Viewer, flow: string): boolean;
  pause(viewer: Viewer, flow: string, isPaused: boolean): void;
  watchDevices(viewer: Viewer, on: boolean): void;
  isWatching(viewer: Viewer, flow: string): boolean;
  watchedBy(viewer: Viewer): number;
  of(flow: string): [Viewer, Readonly<Watch>][];
  ofDevices(): Viewer[];
  all(): Viewer[];
}

export function createViewers(): Viewers {
  const watches = new Map<Viewer, Map<string, Watch>>();
  const ofDevices = new Set<Viewer>();
  const isWatched = (flow: string) => [...watches.values()].some((flows) => flows.has(flow));

  return {
    add: (viewer) => void watches.set(viewer, new Map()),
    remove(viewer) {
      const flows = [...(watches.get(viewer)?.keys() ?? [])];
      watches.delete(viewer);
      ofDevices.delete(viewer);
      return flows.filter((flow) => !isWatched(flow));
    },
    watch(viewer, flow, nodes) {
      const isFirst = !isWatched(flow);
      watches
        .get(viewer)
        ?.set(flow, { isPaused: false, nodes: nodes === undefined ? undefined : new Set(nodes) });
      return isFirst;
    },
    unwatch(viewer, flow) {
      const was = watches.get(viewer)?.delete(flow) === true;
      return was && !isWatched(flow);
    },
    pause(viewer, flow, isPaused) {
      const watch = watches.get(viewer)?.get(flow);
      if (watch !== undefined) watch.isPaused = isPaused;
    },
    watchDevices(viewer, on) {
      if (on) ofDevices.add(viewer);
      else ofDevices.delete(viewer);
    },
    isWatching: (viewer, flow) => watches.get(viewer)?.has(flow) === true,
    watchedBy: (viewer) => watches.get(viewer)?.size ?? 0,
    of: (flow) =>
      [...watches].flatMap(([viewer, flows]): [Viewer, Watch][] => {
        const watch = flows.get(flow);
        return watch === undefined ? [] : [[viewer, watch]];
      }),
    ofDevices: () => [...ofDevices],
    all: () => [...watches.keys()],
  };
}
