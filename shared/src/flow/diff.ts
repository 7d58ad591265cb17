import { canonicalJson } from '../deploy/canonical.ts';
import { isSameWire } from './edit.ts';
import type { Flow, FlowNode, Wire } from './flow.ts';

/** What changed between two versions of a flow. Moving a node or writing a note changes nothing that runs. */
export interface FlowDifference {
  readonly added: readonly FlowNode[];
  readonly removed: readonly FlowNode[];
  /** Settings, type or being switched off. */
  readonly changed: readonly {
    readonly before: FlowNode;
    readonly after: FlowNode;
    readonly fields: readonly string[];
  }[];
  readonly moved: readonly string[];
  readonly wiresAdded: readonly Wire[];
  readonly wiresRemoved: readonly Wire[];
}

/** Compares two flows node by node (by id) and wire by wire. */
export function diffFlows(before: Flow, after: Flow): FlowDifference {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const ids = new Set(after.nodes.map((node) => node.id));
  const pairs = after.nodes.flatMap((node) => {
    const other = old.get(node.id);
    return other === undefined ? [] : [{ before: other, after: node, fields: changedFields(other, node) }];
  });
  return {
    added: after.nodes.filter((node) => !old.has(node.id)),
    removed: before.nodes.filter((node) => !ids.has(node.id)),
    changed: pairs.filter(({ fields }) => fields.length > 0),
    moved: pairs.filter((pair) => hasMoved(pair.before, pair.after)).map((pair) => pair.after.id),
    wiresAdded: after.wires.filter((wire) => !before.wires.some((other) => isSameWire(other, wire))),
    wiresRemoved: before.wires.filter((wire) => !after.wires.some((other) => isSameWire(other, wire))),
  };
}

function changedFields(before: FlowNode, after: FlowNode): string[] {
  const names = new Set([...Object.keys(before.config), ...Object.keys(after.config)]);
  const fields = [...names].filter(
    (name) => canonicalJson(before.config[name] ?? null) !== canonicalJson(after.config[name] ?? null),
  );
  if (before.type !== after.type) fields.push('type');
  if ((before.name ?? '') !== (after.name ?? '')) fields.push('name');
  if ((before.disabled ?? false) !== (after.disabled ?? false)) fields.push('disabled');
  return fields;
}

function hasMoved(before: FlowNode, after: FlowNode): boolean {
  return before.position.x !== after.position.x || before.position.y !== after.position.y;
}

/** How many changes a person would count: `Draft · 3 changes`. */
export function countChanges(difference: FlowDifference): number {
  const { added, removed, changed, wiresAdded, wiresRemoved } = difference;
  return added.length + removed.length + changed.length + wiresAdded.length + wiresRemoved.length;
}
