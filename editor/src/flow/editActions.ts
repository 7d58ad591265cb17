import type { FlowCommand } from '@sluice/shared/flow/edit.ts';
import { type Flow, type FlowNode, type Position, type Wire, wireKey } from '@sluice/shared/flow/flow.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { COLUMN_GAP, GRID, HEAD_HEIGHT, NODE_WIDTH, freePlace, snap } from '../canvas/geometry.ts';
import type { Describer, NodePicture } from '../canvas/picture.ts';
import { createDescriber } from '../canvas/picture.ts';
import { alignPlan } from './align.ts';
import { type Clip, clipFromText, clipOf, clipToText, pastePlan } from './clip.ts';
import { fitOfWire, wireBetween } from './connect.ts';
import { count } from './count.ts';
import { describeNode } from './describe.ts';
import type { AddOptions, Editor, EditorActions, Notices } from './editor.ts';
import type { TidyLayout } from './tidy.ts';
import { tidyPlan } from './tidy.ts';

export type EditingEditor = Omit<Editor, 'actions' | 'problems'>;

export interface EditParts {
  readonly newId: (type: string) => string;
  readonly notices: Notices;
  readonly layout: TidyLayout;
}

type EditActions = Pick<
  EditorActions,
  | 'addNode'
  | 'connect'
  | 'removeWires'
  | 'removeNodes'
  | 'removeSelection'
  | 'moveNodes'
  | 'nudge'
  | 'duplicateSelection'
  | 'copySelection'
  | 'paste'
  | 'tidy'
  | 'align'
  | 'selectAll'
  | 'setConfig'
  | 'setNode'
  | 'rename'
  | 'endGesture'
  | 'undo'
  | 'redo'
>;

/** What a person can do to the drawing. Every change goes through the history. */
export function createEditActions(editor: EditingEditor, parts: EditParts): EditActions {
  const { document, history, session, catalog } = editor;
  const describe = createDescriber(catalog);
  const flowNow = () => document.getState().flow;
  const selectedNodes = () => nodesOf(flowNow(), session.getState().selection.nodes);

  const remove = (ids: readonly string[], wires: readonly Wire[]) => {
    if (ids.length === 0 && wires.length === 0) return;
    const commands: FlowCommand[] = [];
    if (wires.length > 0) commands.push({ kind: 'removeWires', wires });
    if (ids.length > 0) commands.push({ kind: 'removeNodes', ids });
    const label =
      ids.length > 0 ? `Delete ${count(ids.length, 'node')}` : `Delete ${count(wires.length, 'wire')}`;
    history.edit({ kind: 'many', commands }, { label });
    session.select({});
  };

  const paste: EditActions['paste'] = (text, at) => {
    const clip = clipFromText(text);
    if (clip === undefined) return false;
    const plan = pastePlan(
      clip,
      pastePlace(flowNow(), clip, at ?? editor.view.current?.centre()),
      parts.newId,
    );
    history.edit(plan.command, { label: `Paste ${count(plan.ids.length, 'node')}` });
    session.select({ nodes: plan.ids });
    return true;
  };

  return {
    addNode: (type, options = {}) => addNode(editor, parts, describe, type, options),
    connect(from, to) {
      const wire: Wire = { from, to };
      const fit = fitOfWire(flowNow(), catalog, wire);
      if (!fit.fits) return parts.notices.error(fit.sentence);
      history.edit({ kind: 'addWires', wires: [wire] }, { label: 'Draw wire' });
    },
    removeWires: (wires) => remove([], wires),
    removeNodes: (ids) => remove(ids, []),
    removeSelection() {
      const { nodes, wires } = session.getState().selection;
      const chosen = new Set(wires);
      remove(
        nodesOf(flowNow(), nodes).map((node) => node.id),
        flowNow().wires.filter((wire) => chosen.has(wireKey(wire))),
      );
    },
    moveNodes(positions, gesture) {
      const moved = Object.keys(positions).length;
      if (moved === 0) return;
      const label = `Move ${count(moved, 'node')}`;
      history.edit({ kind: 'moveNodes', positions }, gesture === undefined ? { label } : { label, gesture });
    },
    nudge(dx, dy) {
      const nodes = selectedNodes();
      if (nodes.length === 0) return;
      const positions = Object.fromEntries(
        nodes.map(({ id, position }) => [id, { x: position.x + dx * GRID, y: position.y + dy * GRID }]),
      );
      const gesture = `nudge ${nodes.map((node) => node.id).join(' ')}`;
      history.edit(
        { kind: 'moveNodes', positions },
        { label: `Move ${count(nodes.length, 'node')}`, gesture },
      );
    },
    duplicateSelection() {
      const nodes = selectedNodes();
      if (nodes.length === 0) return;
      const clip = clipOf(flowNow(), new Set(nodes.map((node) => node.id)));
      const corner = {
        x: Math.min(...nodes.map((node) => node.position.x)) + 3 * GRID,
        y: Math.min(...nodes.map((node) => node.position.y)) + 3 * GRID,
      };
      const plan = pastePlan(clip, corner, parts.newId);
      history.edit(plan.command, { label: `Duplicate ${count(nodes.length, 'node')}` });
      session.select({ nodes: plan.ids });
    },
    copySelection() {
      const ids = new Set(selectedNodes().map((node) => node.id));
      return ids.size === 0 ? undefined : clipToText(clipOf(flowNow(), ids));
    },
    paste,
    async tidy() {
      const flow = flowNow();
      const chosen = selectedNodes();
      const positions = await tidyPlan(
        flow,
        describe(flow),
        chosen.length > 1 ? chosen : flow.nodes,
        parts.layout,
      );
      if (flowNow() !== flow) return parts.notices.error('The flow changed while it was tidied. Tidy again.');
      if (Object.keys(positions).length === 0) return;
      history.edit({ kind: 'moveNodes', positions }, { label: 'Tidy' });
      editor.view.current?.fit();
    },
    align(how) {
      const positions = alignPlan(selectedNodes(), describe(flowNow()), how);
      if (Object.keys(positions).length > 0)
        history.edit({ kind: 'moveNodes', positions }, { label: 'Align nodes' });
    },
    selectAll: () => session.select({ nodes: flowNow().nodes.map((node) => node.id) }),
    setConfig(node, config, field) {
      const title = nameOfNode(flowNow(), node, describe);
      history.edit(
        { kind: 'setConfig', id: node, config },
        { label: `Set up ${title}`, gesture: `config ${node} ${field}` },
      );
    },
    setNode(node, set) {
      const gesture = `node ${node} ${Object.keys(set).join(' ')}`;
      history.edit({ kind: 'setNode', id: node, set }, { label: labelOfSettings(set), gesture });
    },
    rename(name) {
      const trimmed = name.trim().slice(0, 200);
      if (trimmed === '' || trimmed === flowNow().name) return;
      history.edit({ kind: 'setFlow', set: { name: trimmed } }, { label: 'Rename the flow' });
    },
    endGesture: () => history.endGesture(),
    undo: () => void history.undo(),
    redo: () => void history.redo(),
  };
}

function addNode(
  editor: EditingEditor,
  parts: EditParts,
  describe: Describer,
  type: string,
  options: AddOptions,
): string {
  const { document, history, session, catalog } = editor;
  const { flow } = document.getState();
  const id = parts.newId(type);
  const bare: FlowNode = {
    id,
    type,
    position: { x: 0, y: 0 },
    config: options.config ?? {},
    ...(options.name === undefined ? {} : { name: options.name }),
  };
  const pictures = describe(flow);
  const own = describe({ ...flow, nodes: [bare], wires: [] }).get(id);
  const size = own?.shape ?? { width: 0, height: 0 };
  const wanted = options.at ?? placeBeside(flow, pictures, options, size.width) ?? viewCentre(editor, size);
  const taken = flow.nodes.map((node) => ({ ...node.position, ...sizeOf(pictures.get(node.id)) }));
  const node = { ...bare, position: freePlace(wanted, size, taken) };
  const wires = options.from === undefined ? [] : wireToNew(options.from, node, catalog);
  const title = own?.description.title ?? type;
  history.edit({ kind: 'addNodes', nodes: [node], wires }, { label: `Add ${title}` });
  session.select({ nodes: [id] });
  editor.view.current?.reveal([node]);
  return id;
}

/** What is pasted comes to lie around `centre`, and a little aside of what lies just there, as after a second paste. */
function pastePlace(flow: Flow, clip: Clip, centre: Position = { x: 0, y: 0 }): Position {
  const xs = clip.nodes.map((node) => node.position.x);
  const ys = clip.nodes.map((node) => node.position.y);
  const width = Math.max(...xs) - Math.min(...xs) + NODE_WIDTH;
  const height = Math.max(...ys) - Math.min(...ys) + 2 * HEAD_HEIGHT;
  let place = snap({ x: centre.x - width / 2, y: centre.y - height / 2 });
  const isTaken = ({ position }: FlowNode) => position.x === place.x && position.y === place.y;
  while (flow.nodes.some(isTaken)) place = { x: place.x + 3 * GRID, y: place.y + 3 * GRID };
  return place;
}

function sizeOf(picture: NodePicture | undefined): { width: number; height: number } {
  return picture === undefined ? { width: 0, height: 0 } : picture.shape;
}

function viewCentre(editor: EditingEditor, size: { width: number; height: number }): Position {
  const centre = editor.view.current?.centre() ?? { x: 0, y: 0 };
  return { x: centre.x - size.width / 2, y: centre.y - size.height / 2 };
}

/** Beside the node that it comes from, on the side of the open port. */
function placeBeside(
  flow: Flow,
  pictures: ReadonlyMap<string, NodePicture>,
  { from }: AddOptions,
  width: number,
): Position | undefined {
  const origin = flow.nodes.find((node) => node.id === from?.end[0]);
  if (origin === undefined || from === undefined) return undefined;
  const { position } = origin;
  const step = COLUMN_GAP + (from.side === 'output' ? sizeOf(pictures.get(origin.id)).width : width);
  return { x: position.x + (from.side === 'output' ? step : -step), y: position.y };
}

/** A new node is wired by its first port that fits; one without such a port is only put down. */
function wireToNew(
  from: NonNullable<AddOptions['from']>,
  node: FlowNode,
  catalog: Editor['catalog'],
): readonly Wire[] {
  const { inputs, outputs } = describeNode(node, catalog);
  const ports = from.side === 'output' ? inputs : outputs.filter((port) => port.name !== ERROR_PORT.name);
  const port = ports[0];
  return port === undefined ? [] : [wireBetween(from, [node.id, port.name])];
}

function nodesOf(flow: Flow, ids: readonly string[]): FlowNode[] {
  const chosen = new Set(ids);
  return flow.nodes.filter((node) => chosen.has(node.id));
}

function nameOfNode(flow: Flow, id: string, describe: Describer): string {
  return describe(flow).get(id)?.description.name ?? 'a node';
}

function labelOfSettings(set: Parameters<EditActions['setNode']>[1]): string {
  if (set.disabled !== undefined) return set.disabled === true ? 'Switch off' : 'Switch on';
  return set.notes === undefined ? 'Rename' : 'Write notes';
}
