import type { Flow, FlowNode, Position } from '@sluice/shared/flow/flow.ts';
import { snap } from '../canvas/geometry.ts';
import type { NodePicture } from '../canvas/picture.ts';

/** What is to be laid out: boxes and the arrows between them. */
export interface TidyRequest {
  readonly boxes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly arrows: readonly { readonly from: string; readonly to: string }[];
}
/** The top left corner of each box. */
export type TidyResult = Readonly<Record<string, Position>>;
/** Lays out boxes from left to right. In the browser this is done in a worker. */
export type TidyLayout = (request: TidyRequest) => Promise<TidyResult>;

/**
 * Where nodes go when the flow is tidied. What was the top left corner stays where it was; notes stay where they are.
 * Only nodes that move are in the result.
 */
export async function tidyPlan(
  flow: Flow,
  pictures: ReadonlyMap<string, NodePicture>,
  nodes: readonly FlowNode[],
  layout: TidyLayout,
): Promise<Readonly<Record<string, Position>>> {
  const running = nodes.filter((node) => pictures.get(node.id)?.description.kind !== 'note');
  if (running.length < 2) return {};
  const ids = new Set(running.map((node) => node.id));
  const placed = await layout({
    boxes: running.map((node) => {
      const shape = pictures.get(node.id)?.shape;
      return { id: node.id, width: shape?.width ?? 0, height: shape?.height ?? 0 };
    }),
    arrows: flow.wires
      .filter((wire) => ids.has(wire.from[0]) && ids.has(wire.to[0]))
      .map((wire) => ({ from: wire.from[0], to: wire.to[0] })),
  });
  const corner = cornerOf(running.map((node) => node.position));
  const from = cornerOf(Object.values(placed));
  const moved = running.flatMap((node): [string, Position][] => {
    const to = placed[node.id];
    if (to === undefined) return [];
    const place = snap({ x: to.x - from.x + corner.x, y: to.y - from.y + corner.y });
    return place.x === node.position.x && place.y === node.position.y ? [] : [[node.id, place]];
  });
  return Object.fromEntries(moved);
}

function cornerOf(places: readonly Position[]): Position {
  return { x: Math.min(...places.map((place) => place.x)), y: Math.min(...places.map((place) => place.y)) };
}
