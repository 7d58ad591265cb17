import { Graph, layout } from '@dagrejs/dagre';
import { COLUMN_GAP, HEAD_HEIGHT, ROW_GAP } from '../canvas/geometry.ts';
import type { TidyRequest, TidyResult } from './tidy.ts';

const PORT_LINE = HEAD_HEIGHT / 2;
/** Boxes are mirrored at their port line, which makes them taller than they are: so little space goes between them. */
const BETWEEN_MIRRORED = ROW_GAP / 4;

/**
 * Lays out boxes from left to right by dagre. It lines up middles; ours should line up by the height at which ports
 * are, so each box is given as tall as if it were mirrored there: then wires along a row are straight.
 */
export function layoutBoxes({ boxes, arrows }: TidyRequest): TidyResult {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranksep: COLUMN_GAP,
    nodesep: BETWEEN_MIRRORED,
    edgesep: BETWEEN_MIRRORED,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height: 2 * (height - PORT_LINE) });
  for (const { from, to } of arrows) if (from !== to) graph.setEdge(from, to);
  layout(graph);
  return Object.fromEntries(
    boxes.map(({ id, width }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - width / 2, y: y - PORT_LINE }];
    }),
  );
}
