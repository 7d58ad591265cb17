import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { validateFlow } from '@sluice/shared/flow/validate.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../state/document.ts';
import { type ReadStore, readOnly } from '../state/store.ts';
import type { Stop } from '../state/time.ts';
import type { ProblemState } from './editor.ts';

export interface Problems extends ReadStore<ProblemState> {
  /** Connection id to its type. Until it is called nothing is said about connections. */
  setConnections(connections: ReadonlyMap<string, string>): void;
  /** What only the server can find, as the syntax of user code; held until the node that it is about changes. */
  addFromServer(problems: readonly Problem[]): void;
  close: Stop;
}

interface FromServer {
  readonly problem: Problem;
  /** The node as it was then; `undefined` for a problem of the flow, which goes with the next change. */
  readonly about: FlowNode | Flow;
}

/** Keeps the list of problems of a document up to date. */
export function createProblems(document: FlowDocument, catalog: NodeCatalog): Problems {
  let connections: ReadonlyMap<string, string> | undefined;
  let fromServer: readonly FromServer[] = [];
  const store = createStore<ProblemState>(() => ({ list: check(document.getState().flow) }));

  function check(flow: Flow): readonly Problem[] {
    const own = validateFlow(flow, catalog, { connections: connections ?? new Map() });
    const known = connections === undefined ? own.filter((problem) => !isAboutConnection(problem)) : own;
    fromServer = fromServer.filter(({ about, problem }) => about === subjectOf(flow, problem));
    const added = fromServer
      .map(({ problem }) => problem)
      .filter((problem) => !known.some((other) => isSameProblem(other, problem)));
    return [...known, ...added];
  }
  const update = () => store.setState({ list: check(document.getState().flow) });

  return {
    ...readOnly(store),
    setConnections(known) {
      connections = known;
      update();
    },
    addFromServer(problems) {
      const { flow } = document.getState();
      fromServer = problems.map((problem) => ({ problem, about: subjectOf(flow, problem) }));
      update();
    },
    close: document.subscribe((state, before) => {
      if (state.flow !== before.flow) update();
    }),
  };
}

function subjectOf(flow: Flow, problem: Problem): FlowNode | Flow {
  return flow.nodes.find((node) => node.id === problem.node) ?? flow;
}

function isAboutConnection(problem: Problem): boolean {
  return problem.code === 'node.unknown-connection' || problem.code === 'node.wrong-connection';
}

function isSameProblem(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.node === b.node && a.field === b.field && a.wire === b.wire;
}
