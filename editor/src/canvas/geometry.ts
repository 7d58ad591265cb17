import type { FlowNode, Position } from '@sluice/shared/flow/flow.ts';
import type { PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import type { NodeDescription } from '../flow/describe.ts';

// All lengths in pixels at a zoom of 1, on a grid of 4.

export const GRID = 8;
export const NODE_WIDTH = 208;
const NOTE_WIDTH = 240;
/** The line of icon and name; the first input and a lone output sit at its middle, so that a row of nodes is straight. */
export const HEAD_HEIGHT = 40;
export const SENTENCE_LINE = 18;
const SENTENCE_PAD = 8;
const PORT_ROW = 24;
/** What is drawn of a port; what can be hit is larger. */
export const PORT_SIZE = 10;
export const FOOT_HEIGHT = 28;
/** What a wire needs between two nodes for its value to be read. */
export const COLUMN_GAP = 96;
export const ROW_GAP = 32;

/** Below this the words on nodes cannot be read. */
export const LEAST_READABLE_ZOOM = 0.6;
export const VIEW_MARGIN = 40;

const LETTERS_IN_A_LINE = 29;
const MOST_SENTENCE_LINES = 2;
const NOTE_LETTERS_IN_A_LINE = 36;
const MOST_NOTE_LINES = 12;

export interface PlacedPort {
  readonly port: PortDefinition;
  readonly side: 'input' | 'output';
  /** Centre of the port, from the top left of the node. */
  readonly x: number;
  readonly y: number;
}

/** How a node lies on the canvas: its size and where its ports are. */
export interface NodeShape {
  readonly width: number;
  readonly height: number;
  readonly sentenceLines: number;
  readonly ports: readonly PlacedPort[];
}

/** Lays a node out without measuring: everything is known from its words. */
export function shapeOf(description: NodeDescription, note: string): NodeShape {
  if (description.kind === 'note') return shapeOfNote(note);
  const { outputs, inputs } = description;
  const own = outputs.filter((port) => port.name !== ERROR_PORT.name);
  const sentenceLines = linesOf(description.sentence, LETTERS_IN_A_LINE, MOST_SENTENCE_LINES);
  const bodyHeight = sentenceLines * SENTENCE_LINE + SENTENCE_PAD;
  const rows = Math.max(own.length > 1 ? own.length : 0, inputs.length > 1 ? inputs.length : 0);
  const rowsTop = HEAD_HEIGHT + bodyHeight;
  const height = rowsTop + rows * PORT_ROW + FOOT_HEIGHT;
  const place = (side: PlacedPort['side'], ports: readonly PortDefinition[], x: number): PlacedPort[] =>
    ports.map((port, index) => ({
      port,
      side,
      x,
      y: ports.length === 1 ? HEAD_HEIGHT / 2 : rowsTop + index * PORT_ROW + PORT_ROW / 2,
    }));
  const error = outputs.find((port) => port.name === ERROR_PORT.name);
  return {
    width: NODE_WIDTH,
    height,
    sentenceLines,
    ports: [
      ...place('input', inputs, 0),
      ...place('output', own, NODE_WIDTH),
      ...(error === undefined
        ? []
        : [{ port: error, side: 'output' as const, x: NODE_WIDTH, y: height - FOOT_HEIGHT / 2 }]),
    ],
  };
}

function shapeOfNote(note: string): NodeShape {
  const lines = note
    .split('\n')
    .reduce((sum, line) => sum + linesOf(line, NOTE_LETTERS_IN_A_LINE, MOST_NOTE_LINES), 0);
  const shown = Math.min(Math.max(lines, 1), MOST_NOTE_LINES);
  return {
    width: NOTE_WIDTH,
    height: HEAD_HEIGHT + shown * SENTENCE_LINE + SENTENCE_PAD,
    sentenceLines: shown,
    ports: [],
  };
}

function linesOf(text: string, letters: number, most: number): number {
  return Math.min(Math.max(Math.ceil(text.length / letters), 1), most);
}

export function snap(position: Position): Position {
  return { x: Math.round(position.x / GRID) * GRID, y: Math.round(position.y / GRID) * GRID };
}

export interface Box extends Position {
  readonly width: number;
  readonly height: number;
}

/** A place near `wanted` where a node of this size covers none of `taken`: straight down, as far as needed. */
export function freePlace(
  wanted: Position,
  size: Pick<Box, 'width' | 'height'>,
  taken: readonly Box[],
): Position {
  let place = snap(wanted);
  const covers = (box: Box) =>
    place.x < box.x + box.width &&
    box.x < place.x + size.width &&
    place.y < box.y + box.height &&
    box.y < place.y + size.height;
  for (let box = taken.find(covers); box !== undefined; box = taken.find(covers)) {
    place = snap({ x: place.x, y: box.y + box.height + ROW_GAP });
  }
  return place;
}

/**
 * Where one looks when a flow opens for the first time: at all of it; where that would be too small to read, at its
 * beginning.
 */
export function firstView(
  bounds: Box,
  size: { readonly width: number; readonly height: number },
): {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
} {
  const fitting = Math.min(
    (size.width - 2 * VIEW_MARGIN) / bounds.width,
    (size.height - 2 * VIEW_MARGIN) / bounds.height,
    1,
  );
  if (fitting >= LEAST_READABLE_ZOOM) {
    return {
      x: (size.width - bounds.width * fitting) / 2 - bounds.x * fitting,
      y: (size.height - bounds.height * fitting) / 2 - bounds.y * fitting,
      zoom: fitting,
    };
  }
  const zoom = LEAST_READABLE_ZOOM;
  return { x: VIEW_MARGIN - bounds.x * zoom, y: VIEW_MARGIN - bounds.y * zoom, zoom };
}

/** The box around nodes; `undefined` for none. */
export function boundsOf(nodes: readonly FlowNode[], shape: (node: FlowNode) => NodeShape): Box | undefined {
  if (nodes.length === 0) return undefined;
  const boxes = nodes.map((node) => ({ ...node.position, ...shape(node) }));
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}
