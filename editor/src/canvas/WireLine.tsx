import { BaseEdge as WirePath, type EdgeProps as WireProps, getBezierPath } from '@xyflow/react';
import { memo, type RefObject, useEffect, useRef } from 'react';
import { useEditor } from '../flow/EditorContext.tsx';
import { useWireTrace } from '../trace/useTraceLook.ts';
import type { WireLive } from '../state/live.ts';
import { classes } from '../ui/classes.ts';
import { setText } from './LiveFoot.tsx';
import { tinyValue } from './shownValue.ts';
import type { CanvasWire } from './toCanvas.ts';

const CURVATURE = 0.3;
const CHIP_HEIGHT = 20;
const CHIP_PAD = 7;
/** Reckoned, not measured: measuring text many times a second makes the page lay itself out as often. */
const LETTER_WIDTH = 6.6;
/** Between nodes that are closer a chip would lie under them; the foot of the node says the value too. */
const LEAST_GAP = 64;
const PULSE: KeyframeAnimationOptions = { duration: 150, easing: 'ease-out' };

/** A wire with its last value, which flashes for a moment when messages pass. Values are written by reference. */
export const WireLine = memo(function WireLine(props: WireProps<CanvasWire>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const [path, labelX, labelY] = getBezierPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    curvature: CURVATURE,
  });
  const flash = useRef<SVGPathElement>(null);
  const chip = useRef<SVGGElement>(null);
  const isBackwards = targetX < sourceX;
  const hasRoom = isBackwards || targetX - sourceX >= LEAST_GAP;
  const trace = useWireTrace(data === undefined ? '' : data.wire.from.join('.'));
  useLiveWire(id, flash, chip);
  return (
    <>
      <WirePath
        path={path}
        interactionWidth={20}
        className={classes(
          'wire',
          selected === true && 'is-selected',
          data?.isError === true && 'is-error',
          data?.problem !== undefined && 'is-broken',
          trace !== 'plain' && `is-trace-${trace}`,
        )}
      />
      <path ref={flash} d={path} className="wire-flash" />
      <g
        ref={chip}
        className={classes(
          'wire-chip',
          selected === true && 'is-selected',
          trace === 'dim' && 'is-trace-dim',
        )}
        transform={`translate(${labelX} ${labelY})`}
        visibility={hasRoom ? 'visible' : 'hidden'}
        display="none"
      >
        <rect y={-CHIP_HEIGHT / 2} height={CHIP_HEIGHT} rx={CHIP_HEIGHT / 2} />
        <text y={4} textAnchor="middle" />
      </g>
    </>
  );
});

function useLiveWire(
  key: string,
  flash: RefObject<SVGPathElement | null>,
  chip: RefObject<SVGGElement | null>,
): void {
  const { live } = useEditor();
  useEffect(() => {
    let count = live.wire(key).count;
    const write = (wire: WireLive) => {
      drawChip(chip.current, wire);
      if (wire.count > count) pulse(flash.current);
      count = wire.count;
    };
    drawChip(chip.current, live.wire(key));
    return live.onWire(key, write);
  }, [live, key, flash, chip]);
}

function drawChip(chip: SVGGElement | null, wire: WireLive): void {
  const newest = wire.recent[0];
  if (chip === null) return;
  if (newest === undefined) {
    chip.setAttribute('display', 'none');
    return;
  }
  const [box, text] = [chip.querySelector('rect'), chip.querySelector('text')];
  if (box === null || text === null) return;
  const value = tinyValue(newest);
  if (text.textContent === value) return;
  setText(text, value);
  chip.removeAttribute('display');
  const width = value.length * LETTER_WIDTH + 2 * CHIP_PAD;
  box.setAttribute('width', String(width));
  box.setAttribute('x', String(-width / 2));
}

const STILL = matchMedia('(prefers-reduced-motion: reduce)');

function pulse(path: SVGPathElement | null): void {
  if (path === null || STILL.matches) return;
  path.animate([{ opacity: 1 }, { opacity: 0 }], PULSE);
}
