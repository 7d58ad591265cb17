import type { FlowCommand } from '@sluice/shared/flow/edit.ts';
import {
  type Flow,
  type FlowNode,
  type Position,
  type Wire,
  nodeSchema,
  wireSchema,
} from '@sluice/shared/flow/flow.ts';
import * as z from 'zod';

/** What is copied: nodes and the wires between them, as text that can be pasted anywhere. */
const clipSchema = z.object({
  sluice: z.literal('nodes'),
  nodes: z.array(nodeSchema).min(1).max(2_000),
  wires: z.array(wireSchema).max(8_000).default([]),
});
export type Clip = z.output<typeof clipSchema>;

/** A whole flow file may be pasted as well: its nodes are taken. */
const flowFileSchema = clipSchema.omit({ sluice: true }).extend({ format: z.number() });

/** The nodes with these ids, and the wires that run between them. */
export function clipOf(flow: Flow, ids: ReadonlySet<string>): Clip {
  return {
    sluice: 'nodes',
    nodes: flow.nodes.filter((node) => ids.has(node.id)),
    wires: flow.wires.filter((wire) => ids.has(wire.from[0]) && ids.has(wire.to[0])),
  };
}

export function clipToText(clip: Clip): string {
  return JSON.stringify(clip, undefined, 2);
}

/** Reads what was pasted; `undefined` where it is not nodes at all, so that a paste of plain text does nothing. */
export function clipFromText(text: string): Clip | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const clip = clipSchema.safeParse(json);
  if (clip.success) return clip.data;
  const file = flowFileSchema.safeParse(json);
  return file.success ? { sluice: 'nodes', nodes: file.data.nodes, wires: file.data.wires } : undefined;
}

/** A paste as a command, with new ids. The upper left corner of what is pasted comes to lie at `at`. */
export function pastePlan(
  clip: Clip,
  at: Position,
  newId: (type: string) => string,
): { readonly command: FlowCommand; readonly ids: readonly string[] } {
  const left = Math.min(...clip.nodes.map((node) => node.position.x));
  const top = Math.min(...clip.nodes.map((node) => node.position.y));
  const ids = new Map(clip.nodes.map((node) => [node.id, newId(node.type)]));
  const nodes = clip.nodes.map(
    (node): FlowNode => ({
      ...node,
      id: ids.get(node.id) ?? node.id,
      position: { x: node.position.x - left + at.x, y: node.position.y - top + at.y },
    }),
  );
  const wires = clip.wires.flatMap((wire): Wire[] => {
    const from = ids.get(wire.from[0]);
    const to = ids.get(wire.to[0]);
    return from === undefined || to === undefined
      ? []
      : [{ from: [from, wire.from[1]], to: [to, wire.to[1]] }];
  });
  return { command: { kind: 'addNodes', nodes, wires }, ids: nodes.map((node) => node.id) };
}
