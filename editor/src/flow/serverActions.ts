import type { FlowCommand } from '@sluice/shared/flow/edit.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import { needsChoice } from '../deploy/carried.ts';
import { hasUnsaved } from '../state/document.ts';
import type { EditingEditor } from './editActions.ts';
import type { Asked, EditorActions, EditorServer, Notices } from './editor.ts';

export interface ServerParts {
  readonly server: EditorServer;
  readonly notices: Notices;
  /** Takes in what the server found wrong with the draft, beyond what can be seen here. */
  readonly onProblems: (problems: readonly Problem[]) => void;
}

type ServerActions = Pick<
  EditorActions,
  | 'saveNow'
  | 'saveByHand'
  | 'loadTheirs'
  | 'keepAsCopy'
  | 'deploy'
  | 'carried'
  | 'deployOrReview'
  | 'runVersion'
  | 'restoreVersion'
  | 'stop'
  | 'start'
  | 'remove'
  | 'inject'
  | 'setPaused'
  | 'trace'
>;

/** What a person asks of the server about the flow that is open. */
export function createServerActions(editor: EditingEditor, parts: ServerParts): ServerActions {
  const { document, history, live, session, traces, tests } = editor;
  const { server, notices } = parts;

  /** Takes in a deployment; says why where there is none. */
  const settle = (asked: Asked<Deployment>, done: (deployment: Deployment) => string): boolean => {
    if (!asked.ok) {
      parts.onProblems(asked.problems);
      notices.error(asked.sentence);
      return false;
    }
    const deployment = asked.value;
    document.learn({ deployment });
    if (deployment.state === 'failed' || deployment.state === 'held') {
      notices.error(deployment.sentence);
      return false;
    }
    notices.success(done(deployment));
    return true;
  };

  return {
    saveNow: () => document.saveNow(),
    async saveByHand() {
      const save = await document.saveNow();
      if (save.kind === 'saved') notices.success('Saved. Drafts save by themselves, so there is no need to.');
      else notices.error(`The draft is not saved. ${whyUnsaved(save)}`);
    },
    loadTheirs() {
      const { save } = document.getState();
      if (save.kind !== 'stale') return;
      document.load(save.theirs);
      history.clear();
      session.select({});
    },
    async keepAsCopy() {
      const { flow } = document.getState();
      const asked = await server.copy(`${flow.name} (my copy)`.slice(0, 200), flow);
      if (asked.ok) return asked.value.id;
      notices.error(asked.sentence);
      return undefined;
    },
    async deploy(note, reset = []) {
      await document.saveNow();
      const state = document.getState();
      if (hasUnsaved(state)) {
        notices.error(`The draft is not saved, so it was not deployed. ${whyUnsaved(state.save)}`);
        return false;
      }
      const asked = await server.deploy(state.about.revision, note, reset);
      const isDone = settle(asked, ({ version }) => `Version ${version} runs.`);
      if (isDone) {
        document.learn({ changed: false });
        live.reset();
      }
      return isDone;
    },
    async carried() {
      await document.saveNow();
      return server.carried();
    },
    async deployOrReview() {
      const isRunning = document.getState().about.deployment?.state === 'running';
      const [carried, isPassed] = await Promise.all([
        isRunning ? this.carried() : undefined,
        runScenarios(tests),
      ]);
      // Where that cannot be read, the deploy itself says what is wrong.
      const hasChoice = carried?.ok === true && needsChoice(carried.value);
      if (hasChoice || !isPassed) session.open({ kind: 'deploy' });
      else await this.deploy('');
    },
    async runVersion(version) {
      const asked = await server.runVersion(version);
      const isDone = settle(asked, () => `Version ${version} runs again. Your draft is as it was.`);
      if (isDone) {
        document.learn({ changed: true });
        live.reset();
      }
      return isDone;
    },
    async restoreVersion(version) {
      const asked = await server.version(version);
      if (!asked.ok) {
        notices.error(asked.sentence);
        return false;
      }
      history.edit(replacePlan(document.getState().flow, asked.value), { label: `Take version ${version}` });
      session.select({});
      notices.success(`The draft is as version ${version} was. Undo takes it back.`);
      return true;
    },
    async stop() {
      settle(await server.stop(), () => 'The flow is stopped.');
    },
    async start() {
      settle(await server.start(), ({ version }) => `Version ${version} runs.`);
    },
    async remove() {
      const asked = await server.remove(document.getState().about.revision);
      if (!asked.ok) notices.error(asked.sentence);
      return asked.ok;
    },
    async inject(node, options = {}) {
      const answer = await server.inject({ node, ...options });
      if (!answer.ok) notices.error(answer.sentence);
      return answer.ok;
    },
    async trace(wanted) {
      traces.wait(wanted);
      const asked = await server.startTrace(wanted);
      if (asked.ok) {
        traces.awaited();
        session.set({ isDockOpen: true, dockTab: 'trace' });
      } else {
        traces.wait(undefined);
        notices.error(asked.sentence);
      }
    },
    async setPaused(isPaused) {
      live.setPaused(isPaused);
      const answer = await server.pause(isPaused);
      if (!answer.ok) notices.error(answer.sentence);
    },
  };
}

/** Whether all scenarios of the draft pass. Where what runs them cannot be loaded, the review says so. */
async function runScenarios(tests: EditingEditor['tests']): Promise<boolean> {
  try {
    const { createFlowTests } = await import('../dryRun/flowTests.ts');
    return await tests(createFlowTests).runScenarios();
  } catch {
    return false;
  }
}

/** Another flow in the place of this one, as one step that can be taken back. The id stays. */
function replacePlan(before: Flow, after: Flow): FlowCommand {
  return {
    kind: 'many',
    commands: [
      { kind: 'removeNodes', ids: before.nodes.map((node) => node.id) },
      { kind: 'addNodes', nodes: after.nodes, wires: after.wires },
      { kind: 'setScenarios', scenarios: after.scenarios },
      { kind: 'setFlow', set: { name: after.name, description: after.description ?? null } },
    ],
  };
}

function whyUnsaved(save: { readonly kind: string; readonly sentence?: string }): string {
  if (save.kind === 'stale')
    return 'Somebody else saved this flow in the meantime: choose first which one to go on with.';
  return save.sentence ?? 'Try again.';
}
