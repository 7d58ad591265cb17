import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import type { OpenEnd } from '../state/session.ts';
import { describeNode } from './describe.ts';
import type { Alignment, Editor } from './editor.ts';

/** One thing to do by keys, by the command menu or by a menu: written once for all of them. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Nodes' | 'Wires' | 'View' | 'Flow';
  /** As tinykeys reads it; several do the same. */
  readonly keys: readonly string[];
  /** As people read it: `Ctrl+Z`. */
  readonly shown?: string;
  /** `nodes`: the keys work while the canvas or the outline has the focus. `editor`: wherever nobody is typing. `always`: while typing too. */
  readonly scope: 'nodes' | 'editor' | 'always';
  readonly isPossible?: (editor: Editor) => boolean;
  readonly run: (editor: Editor) => void;
}

const hasNodes = ({ session }: Editor) => session.getState().selection.nodes.length > 0;
const hasSelection = (editor: Editor) =>
  hasNodes(editor) || editor.session.getState().selection.wires.length > 0;
const hasSeveral = ({ session }: Editor) => session.getState().selection.nodes.length > 1;

const EDITING: readonly Command[] = [
  {
    id: 'add',
    title: 'Add a node',
    group: 'Nodes',
    keys: ['[Shift]+/'],
    shown: '/',
    scope: 'editor',
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

const ARRANGING: readonly Command[] = [
  {
    id: 'tidy',
    title: 'Tidy',
    group: 'Nodes',
    keys: ['Shift+T'],
    shown: 'Shift+T',
    scope: 'nodes',
    run: ({ actions }) => void actions.tidy(),
  },
  ...ALIGNMENTS.map(
    ([how, title]): Command => ({
      id: `align-${how}`,
      title,
      group: 'Nodes',
      keys: [],
      scope: 'nodes',
      isPossible: hasSeveral,
      run: ({ actions }) => actions.align(how),
    }),
  ),
];

const LOOKING: readonly Command[] = [
  {
    id: 'commands',
    title: 'All commands',
    group: 'View',
    keys: ['$mod+k'],
    shown: 'Ctrl+K',
    scope: 'always',
    run: ({ session }) => session.open({ kind: 'commands' }),
  },
  {
    id: 'find',
    title: 'Find a node',
    group: 'View',
    keys: ['$mod+f'],
    shown: 'Ctrl+F',
    scope: 'editor',
    run: ({ session }) => session.open({ kind: 'find' }),
  },
  {
    id: 'canvas',
    title: 'Go to the canvas',
    group: 'View',
    keys: ['F6'],
    shown: 'F6',
    scope: 'always',
    run: ({ view }) => view.current?.focusNode(),
  },
  {
    id: 'fit',
    title: 'Show all nodes',
    group: 'View',
    keys: ['Shift+Digit1'],
    shown: 'Shift+1',
    scope: 'editor',
    run: ({ view }) => view.current?.fit(),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'View',
    keys: ['[Shift]+?'],
    shown: '?',
    scope: 'editor',
    run: ({ session }) => session.open({ kind: 'shortcuts' }),
  },
  {
    id: 'left',
    title: 'Show or hide the left panel',
    group: 'View',
    keys: ['$mod+b'],
    shown: 'Ctrl+B',
    scope: 'editor',
    run: ({ session }) => session.set({ isLeftOpen: !session.getState().isLeftOpen }),
  },
  {
    id: 'right',
    title: 'Show or hide the right panel',
    group: 'View',
    keys: ['$mod+i'],
    shown: 'Ctrl+I',
    scope: 'editor',
    run: ({ session }) => session.set({ isRightOpen: !session.getState().isRightOpen }),
  },
  {
    id: 'dock',
    title: 'Show or hide the messages',
    group: 'View',
    keys: ['$mod+j'],
    shown: 'Ctrl+J',
    scope: 'editor',
    run: ({ session }) => session.set({ isDockOpen: !session.getState().isDockOpen }),
  },
];

const RUNNING: readonly Command[] = [
  {
    id: 'deploy',
    title: 'Deploy',
    group: 'Flow',
    keys: ['$mod+Enter'],
    shown: 'Ctrl+Enter',
    scope: 'editor',
    run({ actions, problems, session }) {
      if (!problems.getState().list.some((problem) => problem.severity === 'error')) void actions.deploy('');
      else session.set({ isLeftOpen: true, leftTab: 'problems' });
    },
  },
  {
    id: 'deploy-with-note',
    title: 'Deploy with a note…',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    run: ({ session }) => session.open({ kind: 'deploy' }),
  },
  {
    id: 'save',
    title: 'Save now',
    group: 'Flow',
    keys: ['$mod+s'],
    shown: 'Ctrl+S',
    scope: 'always',
    run: ({ actions }) => void actions.saveByHand(),
  },
  {
    id: 'versions',
    title: 'Versions…',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    run: ({ session }) => session.open({ kind: 'versions' }),
  },
  {
    id: 'stop',
    title: 'Stop the flow',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    isPossible: isRunning,
    run: ({ actions }) => void actions.stop(),
  },
  {
    id: 'start',
    title: 'Start the flow',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    isPossible: (editor) => editor.document.getState().about.deployment !== undefined && !isRunning(editor),
    run: ({ actions }) => void actions.start(),
  },
];

/** All commands, in the order of the command menu. */
export const COMMANDS: readonly Command[] = [...EDITING, ...ARRANGING, ...LOOKING, ...RUNNING];

export function isPossible(command: Command, editor: Editor): boolean {
  return command.isPossible?.(editor) ?? true;
}

function isRunning({ document }: Editor): boolean {
  const state = document.getState().about.deployment?.state;
  return state === 'running' || state === 'starting';
}

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
