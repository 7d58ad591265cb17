import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import type { OpenEnd } from '../state/session.ts';
import type { Command } from './command.ts';
import { describeNode } from './describe.ts';
import type { Alignment, Editor } from './editor.ts';

const hasNodes = ({ session }: Editor) => session.getState().selection.nodes.length > 0;
const hasSelection = (editor: Editor) =>
  hasNodes(editor) || editor.session.getState().selection.wires.length > 0;
const hasSeveral = ({ session }: Editor) => session.getState().selection.nodes.length > 1;

/** What changes the drawing. */
export const EDITING: readonly Command[] = [
  {
    id: 'add',
    title: 'Add a node',
    group: 'Nodes',
    keys: ['[Shift]+/'],
    shown: '/',
    scope: 'editor',
    needs: 'edit',
    run(editor) {
      const from = openEndOfSelection(editor);
      editor.session.open({ kind: 'add', request: from === undefined ? {} : { from } });
    },
  },
  {
    id: 'connect',
    title: 'Connect the selected node',
    group: 'Wires',
    keys: ['c'],
    shown: 'C',
    scope: 'nodes',
    needs: 'edit',
    isPossible: hasNodes,
    run({ session }) {
      const node = session.getState().selection.nodes.at(-1);
      if (node !== undefined) session.open({ kind: 'connect', node });
    },
  },
  {
    id: 'delete',
    title: 'Delete what is selected',
    group: 'Nodes',
    keys: ['Delete', 'Backspace'],
    shown: 'Delete',
    scope: 'nodes',
    needs: 'edit',
    isPossible: hasSelection,
    run: ({ actions }) => actions.removeSelection(),
  },
  {
    id: 'duplicate',
    title: 'Duplicate',
    group: 'Nodes',
    keys: ['$mod+d'],
    shown: 'Ctrl+D',
    scope: 'nodes',
    needs: 'edit',
    isPossible: hasNodes,
    run: ({ actions }) => actions.duplicateSelection(),
  },
  {
    id: 'select-all',
    title: 'Select all nodes',
    group: 'Nodes',
    keys: ['$mod+a'],
    shown: 'Ctrl+A',
    scope: 'nodes',
    run: ({ actions }) => actions.selectAll(),
  },
  {
    id: 'switch-off',
    title: 'Switch the node off or on',
    group: 'Nodes',
    keys: [],
    scope: 'nodes',
    needs: 'edit',
    isPossible: hasNodes,
    run({ actions, document, session }) {
      const chosen = new Set(session.getState().selection.nodes);
      for (const node of document.getState().flow.nodes.filter(({ id }) => chosen.has(id)))
        actions.setNode(node.id, { disabled: node.disabled === true ? null : true });
    },
  },
  ...nudges(),
  {
    id: 'undo',
    title: 'Undo',
    group: 'Flow',
    keys: ['$mod+z'],
    shown: 'Ctrl+Z',
    scope: 'editor',
    needs: 'edit',
    isPossible: ({ history }) => history.getState().past.length > 0,
    run: ({ actions }) => actions.undo(),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Flow',
    keys: ['$mod+Shift+z', '$mod+y'],
    shown: 'Ctrl+Shift+Z',
    scope: 'editor',
    needs: 'edit',
    isPossible: ({ history }) => history.getState().future.length > 0,
    run: ({ actions }) => actions.redo(),
  },
];

const ALIGNMENTS: readonly (readonly [Alignment, string])[] = [
  ['left', 'Align left'],
  ['center', 'Align centres, left to right'],
  ['right', 'Align right'],
  ['top', 'Align top'],
  ['middle', 'Align middles, top to bottom'],
  ['bottom', 'Align bottom'],
];

/** What puts nodes in their places. */
export const ARRANGING: readonly Command[] = [
  {
    id: 'tidy',
    title: 'Tidy',
    group: 'Nodes',
    keys: ['Shift+T'],
    shown: 'Shift+T',
    scope: 'nodes',
    needs: 'edit',
    run: ({ actions }) => void actions.tidy(),
  },
  ...ALIGNMENTS.map(
    ([how, title]): Command => ({
      id: `align-${how}`,
      title,
      group: 'Nodes',
      keys: [],
      scope: 'nodes',
      needs: 'edit',
      isPossible: hasSeveral,
      run: ({ actions }) => actions.align(how),
    }),
  ),
];

function nudges(): Command[] {
  const ways = [
    ['ArrowLeft', 'left', -1, 0],
    ['ArrowRight', 'right', 1, 0],
    ['ArrowUp', 'up', 0, -1],
    ['ArrowDown', 'down', 0, 1],
  ] as const;
  return ways.map(([key, way, dx, dy]) => ({
    id: `nudge-${way}`,
    title: `Move ${way}`,
    group: 'Nodes',
    keys: [`Alt+${key}`],
    shown: `Alt+${key}`,
    scope: 'nodes',
    needs: 'edit',
    isPossible: hasNodes,
    run: ({ actions }) => actions.nudge(dx, dy),
  }));
}

/** The output of the selected node from which one would go on: the first that has no wire yet. */
function openEndOfSelection({ session, document, catalog }: Editor): OpenEnd | undefined {
  const { nodes } = session.getState().selection;
  const { flow } = document.getState();
  const node = flow.nodes.find((other) => other.id === nodes[0]);
  if (node === undefined || nodes.length !== 1) return undefined;
  const own = describeNode(node, catalog).outputs.filter((port) => port.name !== ERROR_PORT.name);
  const isWired = (port: string) => flow.wires.some(({ from }) => from[0] === node.id && from[1] === port);
  const port = own.find(({ name }) => !isWired(name)) ?? own[0];
  return port === undefined ? undefined : { side: 'output', end: [node.id, port.name] };
}
