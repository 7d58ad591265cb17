import type { Answer, Inject } from '@sluice/shared/protocol/live.ts';
import type { FlowNode, Position, Wire, WireEnd } from '@sluice/shared/flow/flow.ts';
import type { NodeSettings } from '@sluice/shared/flow/edit.ts';
import type { JsonObject } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { Deployment, FlowResource, FlowSummary } from '@sluice/shared/protocol/http.ts';
import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { FlowDocument, DraftServer, SaveState } from '../state/document.ts';
import type { FlowHistory } from '../state/history.ts';
import type { FlowTestParts } from '../dryRun/flowTests.ts';
import type { TestServer } from '../dryRun/testServer.ts';
import type { FlowTests } from '../dryRun/testState.ts';
import type { Live } from '../state/live.ts';
import type { OpenEnd, Session } from '../state/session.ts';
import type { ReadStore } from '../state/store.ts';
import type { TraceWanted, Traces } from '../trace/traces.ts';
import type { Stop } from '../state/time.ts';

/** An answer of the server to one thing that was asked of it; a failure is a sentence for a person. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly sentence: string; readonly problems: readonly Problem[] };

/** What the editor asks of the server about its one flow. Never rejects. */
export interface EditorServer extends DraftServer, TestServer {
  /** The nodes in `reset` begin anew. */
  deploy(revision: number, note: string, reset: readonly string[]): Promise<Asked<Deployment>>;
  /** What a deploy of the saved draft would do to state and timers. */
  carried(): Promise<Asked<readonly CarriedState[]>>;
  runVersion(version: number): Promise<Asked<Deployment>>;
  stop(): Promise<Asked<Deployment>>;
  start(): Promise<Asked<Deployment>>;
  version(version: number): Promise<Asked<FlowResource['flow']>>;
  /** Makes a new flow of this one's draft. */
  copy(name: string, flow: FlowResource['flow']): Promise<Asked<FlowSummary>>;
  remove(revision: number): Promise<Asked<null>>;
  inject(request: Omit<Inject, 'flow'>): Promise<Answer>;
  startTrace(wanted: TraceWanted): Promise<Asked<null>>;
  pause(isPaused: boolean): Promise<Answer>;
}

/** Shows a sentence for a moment. */
export interface Notices {
  success(sentence: string): void;
  error(sentence: string): void;
}

/** Everything that a person can do in the editor, whichever of mouse, keys and menus they do it by. */
export interface EditorActions {
  /** Adds a node of a type and selects it; wires it to `from` where that is given. Gives its id. */
  addNode(type: string, options?: AddOptions): string;
  /** Wires two ports; says why where that cannot be. */
  connect(from: WireEnd, to: WireEnd): void;
  removeWires(wires: readonly Wire[]): void;
  removeNodes(ids: readonly string[]): void;
  /** Takes away what is selected, nodes and wires. */
  removeSelection(): void;
  moveNodes(positions: Readonly<Record<string, Position>>, gesture?: string): void;
  /** Moves what is selected by a distance; calls that follow one another make one entry of the history. */
  nudge(dx: number, dy: number): void;
  duplicateSelection(): void;
  /** What is selected, as text; `undefined` when no node is. */
  copySelection(): string | undefined;
  /** Adds what the text holds; false when it holds no nodes. */
  paste(text: string, at?: Position): boolean;
  /** Lays out all nodes, or those that are selected when there are several. */
  tidy(): Promise<void>;
  align(how: Alignment): void;
  selectAll(): void;
  /** Writes the settings of a node; typing in one `field` is one entry of the history. */
  setConfig(node: string, config: JsonObject, field: string): void;
  setNode(node: string, set: NodeSettings): void;
  rename(name: string): void;
  endGesture(): void;
  undo(): void;
  redo(): void;

  /** Selects a node, brings it into view and, with `field`, goes to that field. */
  goTo(node: string, field?: string): void;
  /** Selects a wire and brings it into view. */
  goToWire(key: string): void;

  saveNow(): Promise<SaveState>;
  /** Saves because a person asked for it, and says that drafts save by themselves. */
  saveByHand(): Promise<void>;
  loadTheirs(): void;
  /** Saves this draft as a flow of its own; gives its id, or `undefined` when that failed (and was said). */
  keepAsCopy(): Promise<string | undefined>;
  /** Saves and runs the draft; the nodes in `reset` begin anew. */
  deploy(note: string, reset?: readonly string[]): Promise<boolean>;
  /** Saves, and says what a deploy would do to state and timers. */
  carried(): Promise<Asked<readonly CarriedState[]>>;
  /** Deploys at once; where timers run, something would be forgotten or a scenario fails, asks first. */
  deployOrReview(): Promise<void>;
  runVersion(version: number): Promise<boolean>;
  /** Takes the flow of an older version as the draft; can be undone. */
  restoreVersion(version: number): Promise<boolean>;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<boolean>;
  /** Sends a message into a node, or out of it by `port`; without a message presses its button. */
  inject(node: string, options?: Omit<Inject, 'flow' | 'node'>): Promise<boolean>;
  setPaused(isPaused: boolean): Promise<void>;
  /** Traces the next message, and shows the trace when it comes. */
  trace(wanted: TraceWanted): Promise<void>;
}

export interface AddOptions {
  readonly at?: Position;
  readonly config?: JsonObject;
  readonly name?: string;
  readonly from?: OpenEnd;
}

export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom';

/** The canvas, as far as actions need it: where one looks, and looking elsewhere. */
export interface CanvasView {
  /** The middle of what is seen, in the canvas' own coordinates. */
  centre(): Position;
  reveal(nodes: readonly FlowNode[]): void;
  fit(): void;
  zoomBy(factor: number): void;
  /** Gives the keyboard to a node; to the selected one, or the first, without an id. */
  focusNode(id?: string): void;
}

/** Where the canvas offers its view, as long as it is there. */
export interface ViewSlot {
  readonly current: CanvasView | undefined;
  attach(view: CanvasView): Stop;
}

export interface ProblemState {
  readonly list: readonly Problem[];
}

/** Everything that a part of the flow editor works on. */
export interface Editor {
  readonly document: FlowDocument;
  readonly history: FlowHistory;
  readonly session: Session;
  readonly live: Live;
  readonly traces: Traces;
  /** What the draft is tried on; `create` makes it at the first call. It is handed in so that only who uses it loads it. */
  readonly tests: (create: (parts: FlowTestParts) => FlowTests) => FlowTests;
  readonly catalog: NodeCatalog;
  /** What is wrong with the draft, as it stands now. */
  readonly problems: ReadStore<ProblemState>;
  readonly actions: EditorActions;
  readonly view: ViewSlot;
  /** Whether this person may change the flow; else they may look at it. */
  readonly canEdit: boolean;
  /** Whether they may start and stop it. */
  readonly canRun: boolean;
}
