import type { NodeProps } from '@xyflow/react';
import { memo, useRef } from 'react';
import { NodeIcon } from '../palette/NodeIcon.tsx';
import { classes } from '../ui/classes.ts';
import { HEAD_HEIGHT } from './geometry.ts';
import type { CanvasNode } from './toCanvas.ts';
import { useFocusWhenAsked } from './useFocusWhenAsked.ts';

/** A note: words on the canvas that run nothing. */
export const NoteNode = memo(function NoteNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const { description, shape } = data.picture;
  const card = useRef<HTMLDivElement>(null);
  useFocusWhenAsked(id, card);
  return (
    <div
      ref={card}
      className={classes('note', selected && 'is-selected')}
      style={{ width: shape.width, height: shape.height }}
    >
      <div className="flex items-center gap-2 px-3 text-ink-soft" style={{ height: HEAD_HEIGHT }}>
        <NodeIcon name={description.icon} />
        <span className="min-w-0 flex-1 truncate font-medium text-ink">{description.name}</span>
      </div>
      <p className={classes('note-text', data.note === '' ? 'text-ink-faint' : 'text-ink-soft')}>
        {data.note === '' ? 'Write here what others should know.' : data.note}
      </p>
    </div>
  );
});
