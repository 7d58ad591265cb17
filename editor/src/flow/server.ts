import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import type { Remote } from '../state/remote.ts';
import { RemoteError, sentenceOf } from '../state/remoteError.ts';
import type { SaveOutcome } from '../state/document.ts';
import type { Ask } from '../state/socket.ts';
import type { Asked, EditorServer } from './editor.ts';

/** The server as the editor of one flow needs it: what goes wrong comes back as a sentence. */
export function createEditorServer(id: string, remote: Remote, ask: Ask): EditorServer {
  return {
    save: (_id, revision, flow) => saveDraft(remote, id, revision, flow),
    deploy: (revision, note, reset) =>
      asked(remote.call('deploy', { body: { flow: id, revision, note, reset: [...reset] } })),
    carried: () => asked(remote.call('carriedState', { params: { id } })),
    runVersion: (version) => asked(remote.call('deploy', { body: { flow: id, version } })),
    stop: () => asked(remote.call('stopFlow', { params: { id } })),
    start: () => asked(remote.call('startFlow', { params: { id } })),
    version: (version) =>
      asked(remote.call('version', { params: { id, version } }).then((found) => found.flow)),
    copy: (name, flow) => asked(remote.call('createFlow', { body: { name, flow } })),
    remove: (revision) =>
      asked(remote.call('deleteFlow', { params: { id }, query: { revision } }).then(() => null)),
    inject: (request) => ask('inject', { flow: id, ...request }),
    startTrace: ({ node, device }) =>
      asked(
        remote
          .call('startTrace', {
            params: { id },
            body: { node, ...(device === undefined || device === '' ? {} : { device }) },
          })
          .then(() => null),
      ),
    pause: (paused) => ask('pause', { flow: id, paused }),
    dryRun: ({ inputs, ...body }) =>
      asked(remote.call('dryRun', { params: { id }, body: { ...body, inputs: [...inputs] } })),
    runScenarios: (flow) => asked(remote.call('runScenarios', { params: { id }, body: { flow } })),
    recentInputs: () => asked(remote.call('recentInputs', { params: { id } })),
  };
}

async function asked<T>(answer: Promise<T>): Promise<Asked<T>> {
  try {
    return { ok: true, value: await answer };
  } catch (error) {
    // The server takes the codes of problems from the list that this side has too.
    const problems = error instanceof RemoteError ? (error.problems as readonly Problem[]) : [];
    return { ok: false, sentence: sentenceOf(error), problems };
  }
}

async function saveDraft(remote: Remote, id: string, revision: number, flow: Flow): Promise<SaveOutcome> {
  try {
    const { flow: _saved, ...about } = await remote.call('saveFlow', {
      params: { id },
      body: { revision, flow },
    });
    return { kind: 'saved', about };
  } catch (error) {
    if (error instanceof RemoteError && error.code === 'stale-revision')
      return await staleOutcome(remote, id);
    return failedOutcome(error);
  }
}

async function staleOutcome(remote: Remote, id: string): Promise<SaveOutcome> {
  try {
    const theirs: FlowResource = await remote.call('flow', { params: { id } });
    return { kind: 'stale', theirs };
  } catch (error) {
    return failedOutcome(error);
  }
}

/**
 * Worth trying again by itself: nobody answered, the server is starting, or the person has to sign in again, or to come
 * back from another workspace, first.
 */
function failedOutcome(error: unknown): SaveOutcome {
  const sentence = sentenceOf(error);
  const isPassing =
    error instanceof RemoteError &&
    (error.status === 0 || error.status >= 500 || error.status === 401 || error.code === 'other-workspace');
  return { kind: isPassing ? 'offline' : 'refused', sentence };
}
