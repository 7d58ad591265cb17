import { wireKey } from '@sluice/shared/flow/flow.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import { createDocument, type FlowDocument } from '../state/document.ts';
import { type FlowHistory, createHistory } from '../state/history.ts';
import { createLive } from '../state/live.ts';
import { type KeptText, createSession } from '../state/session.ts';
import type { Stop, Time } from '../state/time.ts';
import type { FlowTestParts } from '../dryRun/flowTests.ts';
import type { FlowTests } from '../dryRun/testState.ts';
import { createTraces } from '../trace/traces.ts';
import { type EditingEditor, createEditActions } from './editActions.ts';
import type { CanvasView, Editor, EditorServer, Notices, ViewSlot } from './editor.ts';
import { type Problems, createProblems } from './problems.ts';
import { createServerActions } from './serverActions.ts';
import type { TidyLayout } from './tidy.ts';

export interface EditorParts {
  readonly server: EditorServer;
  readonly catalog: NodeCatalog;
  readonly time: Time;
  readonly kept: KeptText;
  readonly notices: Notices;
  readonly newId: (type: string) => string;
  readonly layout: TidyLayout;
  readonly canEdit: boolean;
  readonly canRun: boolean;
}

export interface OpenEditor {
  readonly editor: Editor;
  readonly problems: Problems;
  /** Saves what is unsaved and lets go of everything. */
  close: Stop;
}

/** Opens the editor on a flow: makes its stores and ties them to what a person can do. */
export function openEditor(resource: FlowResource, parts: EditorParts): OpenEditor {
  const document = createDocument(resource, { server: parts.server, time: parts.time });
  const history = createHistory(document, parts.time);
  // Everything that changes the flow goes through here.
  const guarded: FlowHistory = parts.canEdit ? history : { ...history, edit: () => {} };
  const session = createSession(parts.kept);
  const live = createLive(resource.id, parts.time);
  const problems = createProblems(document, parts.catalog);
  const stores: EditingEditor = {
    document,
    history: guarded,
    session,
    live,
    traces: createTraces(),
    tests: createTestSlot({ document, history: guarded, server: parts.server }),
    catalog: parts.catalog,
    view: createViewSlot(),
    canEdit: parts.canEdit,
    canRun: parts.canRun,
  };
  const editor: Editor = {
    ...stores,
    problems,
    actions: {
      ...createEditActions(stores, parts),
      ...createServerActions(stores, { ...parts, onProblems: problems.addFromServer }),
      ...createGoing(stores),
    },
  };
  return {
    editor,
    problems,
    close() {
      problems.close();
      live.close();
      void leave(document, parts.notices);
    },
  };
}

/** Saves once more. What cannot be, as when somebody has lost the role for it, is said and not lost in silence. */
async function leave(document: FlowDocument, notices: Notices): Promise<void> {
  const save = await document.saveNow();
  const { name } = document.getState().flow;
  if (save.kind === 'refused' || save.kind === 'offline')
    notices.error(`The last changes to “${name}” were not saved. ${save.sentence}`);
  document.close();
}

function createTestSlot(parts: FlowTestParts): Editor['tests'] {
  let made: FlowTests | undefined;
  return (create) => (made ??= create(parts));
}

function createViewSlot(): ViewSlot {
  let current: CanvasView | undefined;
  return {
    get current() {
      return current;
    },
    attach(view) {
      current = view;
      return () => {
        if (current === view) current = undefined;
      };
    },
  };
}

/** Ways to what is on the canvas. */
function createGoing({
  document,
  session,
  view,
}: EditingEditor): Pick<Editor['actions'], 'goTo' | 'goToWire'> {
  return {
    goTo(id, field) {
      const node = document.getState().flow.nodes.find((other) => other.id === id);
      if (node === undefined) return;
      if (field === undefined) session.select({ nodes: [id] });
      else session.focusField(id, field);
      view.current?.reveal([node]);
    },
    goToWire(key) {
      const { flow } = document.getState();
      const wire = flow.wires.find((other) => wireKey(other) === key);
      if (wire === undefined) return;
      session.select({ wires: [key] });
      view.current?.reveal(flow.nodes.filter((node) => node.id === wire.from[0] || node.id === wire.to[0]));
    },
  };
}
