import type { Figures, FlowFigures } from '@sluice/shared/protocol/running.ts';

/** Five minutes, one figure every 5 s. */
const MOST_VALUES = 60;
/** After a longer break, as when the page was closed, the lines begin anew. */
const LONGEST_BREAK_MS = 20_000;

/** The last minutes of some figures, oldest first, by `processKey` and `flowKey`. Kept by the page alone. */
export interface FiguresHistory {
  readonly at: number;
  readonly values: ReadonlyMap<string, readonly number[]>;
}

export const NO_HISTORY: FiguresHistory = { at: 0, values: new Map() };

type Process = Figures['processes'][number];

export function processKey(role: Process['role'], figure: 'cpu' | 'memory'): string {
  return `process ${role} ${figure}`;
}

export function flowKey(flow: string, figure: 'cpu' | 'rate'): string {
  return `flow ${figure} ${flow}`;
}

/** The history with these figures at its end. What is not among them any more is forgotten. */
export function withFigures(history: FiguresHistory, figures: Figures): FiguresHistory {
  if (figures.at <= history.at) return history;
  const known = figures.at - history.at > LONGEST_BREAK_MS ? NO_HISTORY.values : history.values;
  const values = new Map<string, readonly number[]>();
  const add = (key: string, value: number): void => {
    values.set(key, [...(known.get(key) ?? []), value].slice(-MOST_VALUES));
  };
  for (const { role, cpu, memory } of figures.processes) {
    add(processKey(role, 'cpu'), cpu);
    add(processKey(role, 'memory'), memory);
  }
  for (const { flow, cpu, rate } of figures.flows) {
    add(flowKey(flow, 'cpu'), cpu);
    add(flowKey(flow, 'rate'), rate);
  }
  return { at: figures.at, values };
}

/** Points of an SVG polyline in a box of this size (px): from nothing at the foot, the newest at the right. */
export function historyPoints(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const most = Math.max(...values);
  const step = width / (MOST_VALUES - 1);
  const first = width - step * (values.length - 1);
  return values
    .map((value, index) => {
      const y = most === 0 ? height : height - (value / most) * height;
      return `${(first + index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** A flow with what its nodes add up to. */
export interface FlowRow extends FlowFigures {
  readonly waiting: number;
  readonly errors: number;
  readonly failed: number;
}

export type FlowSort = 'name' | 'cpu' | 'rate' | 'waiting' | 'failed' | 'memory';

/** The rows of the table: those that take most first, by name where two are alike. */
export function rowsOf(flows: readonly FlowFigures[], sort: FlowSort): FlowRow[] {
  const rows = flows.map((flow): FlowRow => {
    const sum = (pick: (node: FlowFigures['nodes'][number]) => number): number =>
      flow.nodes.reduce((total, node) => total + pick(node), 0);
    return {
      ...flow,
      waiting: sum((node) => node.waiting),
      errors: sum((node) => node.errors),
      failed: sum((node) => node.deadLetters),
    };
  });
  const byName = (one: FlowRow, other: FlowRow): number => one.name.localeCompare(other.name);
  if (sort === 'name') return rows.sort(byName);
  return rows.sort((one, other) => other[sort] - one[sort] || byName(one, other));
}
