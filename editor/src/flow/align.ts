import type { FlowNode, Position } from '@sluice/shared/flow/flow.ts';
import type { Box } from '../canvas/geometry.ts';
import type { NodePicture } from '../canvas/picture.ts';
import type { Alignment } from './editor.ts';

/** Where nodes go to be in line: with the outermost of them, or with the middle of them all. Only those that move. */
export function alignPlan(
  nodes: readonly FlowNode[],
  pictures: ReadonlyMap<string, NodePicture>,
  how: Alignment,
): Readonly<Record<string, Position>> {
  if (nodes.length < 2) return {};
  const boxes = nodes.map((node) => {
    const shape = pictures.get(node.id)?.shape;
    return { id: node.id, box: { ...node.position, width: shape?.width ?? 0, height: shape?.height ?? 0 } };
  });
  const left = Math.min(...boxes.map(({ box }) => box.x));
  const right = Math.max(...boxes.map(({ box }) => box.x + box.width));
  const top = Math.min(...boxes.map(({ box }) => box.y));
  const bottom = Math.max(...boxes.map(({ box }) => box.y + box.height));
  const place = (box: Box): Position => {
    switch (how) {
      case 'left':
        return { x: left, y: box.y };
      case 'center':
        return { x: (left + right - box.width) / 2, y: box.y };
      case 'right':
        return { x: right - box.width, y: box.y };
      case 'top':
        return { x: box.x, y: top };
      case 'middle':
        return { x: box.x, y: (top + bottom - box.height) / 2 };
      case 'bottom':
        return { x: box.x, y: bottom - box.height };
    }
  };
  const moved = boxes
    .map(({ id, box }) => ({ id, box, to: place(box) }))
    .filter(({ box, to }) => box.x !== to.x || box.y !== to.y);
  return Object.fromEntries(moved.map(({ id, to }) => [id, to]));
}
