import type { Command } from './command.ts';
import type { Editor } from './editor.ts';

/** What changes what one sees. */
export const LOOKING: readonly Command[] = [
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
    scope: 'always',
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

/** What is done with the flow as a whole. */
export const RUNNING: readonly Command[] = [
  {
    id: 'deploy',
    title: 'Deploy',
    group: 'Flow',
    keys: ['$mod+Enter'],
    shown: 'Ctrl+Enter',
    scope: 'always',
    needs: 'edit',
    run({ actions, problems, session }) {
      if (!problems.getState().list.some((problem) => problem.severity === 'error'))
        void actions.deployOrReview();
      else session.set({ isLeftOpen: true, leftTab: 'problems' });
    },
  },
  {
    id: 'deploy-with-note',
    title: 'Deploy with a note…',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    needs: 'edit',
    run: ({ session }) => session.open({ kind: 'deploy' }),
  },
  {
    id: 'trace',
    title: 'Trace the next message',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    isPossible: isRunning,
    run: ({ actions }) => void actions.trace({}),
  },
  {
    id: 'save',
    title: 'Save now',
    group: 'Flow',
    keys: ['$mod+s'],
    shown: 'Ctrl+S',
    scope: 'always',
    needs: 'edit',
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
    needs: 'run',
    isPossible: isRunning,
    run: ({ actions }) => void actions.stop(),
  },
  {
    id: 'start',
    title: 'Start the flow',
    group: 'Flow',
    keys: [],
    scope: 'editor',
    needs: 'run',
    isPossible: (editor) => editor.document.getState().about.deployment !== undefined && !isRunning(editor),
    run: ({ actions }) => void actions.start(),
  },
];

function isRunning({ document }: Editor): boolean {
  const state = document.getState().about.deployment?.state;
  return state === 'running' || state === 'starting';
}
