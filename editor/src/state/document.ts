import { type FlowCommand, applyCommand } from '@sluice/shared/flow/edit.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { FlowResource, FlowSummary } from '@sluice/shared/protocol/http.ts';
import { createStore } from 'zustand/vanilla';
import { type ReadStore, readOnly } from './store.ts';
import type { Stop, Time } from './time.ts';

/** How the draft on the screen stands to the one on the server. */
export type SaveState =
  | { readonly kind: 'saved' }
  /** There are changes that are not on their way yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'saving' }
  /** The server cannot be reached; it is tried again by itself. */
  | { readonly kind: 'offline'; readonly sentence: string }
  /** The server does not take the draft; it is tried again with the next change. */
  | { readonly kind: 'refused'; readonly sentence: string }
  /** Somebody else saved a newer draft. Nothing is saved until a person has chosen. */
  | { readonly kind: 'stale'; readonly theirs: FlowResource };

export interface DocumentState {
  readonly flow: Flow;
  /** The draft as the server has it; the same object as `flow` when nothing is unsaved. */
  readonly saved: Flow;
  /** What the server says of the flow: revision, deployment, whether the draft differs from what runs. */
  readonly about: FlowSummary;
  readonly save: SaveState;
}

/** What became of one try to save. */
export type SaveOutcome =
  | { readonly kind: 'saved'; readonly about: FlowSummary }
  | { readonly kind: 'stale'; readonly theirs: FlowResource }
  | { readonly kind: 'offline'; readonly sentence: string }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The part of the server that the document needs. Never rejects: every failure is an outcome. */
export interface DraftServer {
  save(id: string, revision: number, flow: Flow): Promise<SaveOutcome>;
}

/** The flow in domain words. Only commands write it, and drafts save by themselves. */
export interface FlowDocument extends ReadStore<DocumentState> {
  /** Applies a command and gives the one that takes it back. People's changes go through `history.edit`. */
  apply(command: FlowCommand): FlowCommand;
  /** Saves what is unsaved without waiting any longer; resolves with how it stands then. */
  saveNow(): Promise<SaveState>;
  /** Takes the server's draft in place of this one, as after "Load theirs". */
  load(resource: FlowResource): void;
  /** Takes news of the flow that leave the draft as it is: a deployment, a later `changed`. */
  learn(news: Partial<Pick<FlowSummary, 'deployment' | 'changed'>>): void;
  /** Stops saving by itself. Call `saveNow` before where something may be unsaved. */
  close(): void;
}

/** How long a draft rests before it is saved. */
export const AUTOSAVE_MS = 800;
const RETRY_MS = { first: 1_000, most: 15_000 } as const;

export function hasUnsaved(state: DocumentState): boolean {
  return state.flow !== state.saved;
}

function aboutOf(resource: FlowResource): FlowSummary {
  const { flow: _flow, ...about } = resource;
  return about;
}

/** Opens a document on a draft of the server. */
export function createDocument(
  resource: FlowResource,
  parts: { readonly server: DraftServer; readonly time: Time },
): FlowDocument {
  const store = createStore<DocumentState>(() => opened(resource));
  let stopTimer: Stop = () => {};
  let underWay: Promise<void> | undefined;
  let retryMs: number = RETRY_MS.first;
  /** Grows when another draft takes this one's place: an answer to an earlier one is of no use then. */
  let generation = 0;

  const saveAfter = (delayMs: number) => {
    stopTimer();
    stopTimer = parts.time.after(delayMs, () => void saveNow());
  };

  const saveNow = async (): Promise<SaveState> => {
    stopTimer();
    if (underWay !== undefined) {
      await underWay;
      return hasUnsaved(store.getState()) ? await saveNow() : store.getState().save;
    }
    const before = store.getState();
    if (!hasUnsaved(before) || before.save.kind === 'stale') return before.save;
    store.setState({ save: { kind: 'saving' } });
    underWay = send(before);
    await underWay;
    return store.getState().save;
  };

  const send = async ({ flow, about }: DocumentState): Promise<void> => {
    const sentIn = generation;
    const outcome = await parts.server.save(flow.id, about.revision, flow);
    underWay = undefined;
    if (sentIn === generation) settle(flow, outcome);
  };

  const settle = (sent: Flow, outcome: SaveOutcome) => {
    if (outcome.kind === 'saved') {
      retryMs = RETRY_MS.first;
      const isNewer = store.getState().flow !== sent;
      store.setState({
        saved: sent,
        about: outcome.about,
        save: { kind: isNewer ? 'waiting' : 'saved' },
      });
      if (isNewer) saveAfter(AUTOSAVE_MS);
      return;
    }
    store.setState({ save: outcome });
    if (outcome.kind === 'offline') {
      saveAfter(retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    }
  };

  return {
    ...readOnly(store),
    apply(command) {
      const before = store.getState();
      const edit = applyCommand(before.flow, command);
      if (edit.flow === before.flow) return edit.inverse;
      const { kind } = before.save;
      const isHeld = kind === 'stale' || kind === 'saving' || kind === 'offline';
      store.setState({ flow: edit.flow, save: isHeld ? before.save : { kind: 'waiting' } });
      if (!isHeld) saveAfter(AUTOSAVE_MS);
      return edit.inverse;
    },
    saveNow,
    load(theirs) {
      stopTimer();
      generation += 1;
      store.setState(opened(theirs));
    },
    learn(news) {
      const { about } = store.getState();
      store.setState({ about: { ...about, ...news } });
    },
    close() {
      stopTimer();
      generation += 1;
    },
  };
}

function opened(resource: FlowResource): DocumentState {
  return { flow: resource.flow, saved: resource.flow, about: aboutOf(resource), save: { kind: 'saved' } };
}
