import type { Flow } from '@sluice/shared/flow/flow.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { OutgoingAnswer } from '@sluice/shared/node/context.ts';
import type { Answers, Question, RunnerAnswer, StateQuestion } from '../runner/protocol.ts';
import type { RunnerEvents, RunnerHost, RunnerHostOptions, RunnerState } from '../runner/runnerHost.ts';

/** A runner host for tests that need no runner: it runs nothing, writes down what it is asked, and says what it is told to. */
export interface FakeRunnerHost extends RunnerHost {
  readonly options: RunnerHostOptions;
  /** By flow: the version that would run. */
  readonly running: Map<string, number>;
  readonly asked: string[];
  readonly watched: Set<string>;
  readonly injected: { flow: string; node: string; port: string | undefined; message: Message | undefined }[];
  /** What was asked of flows. */
  readonly questions: (Question & { readonly flow: string })[];
  /** What flows answer. */
  tells: Partial<Answers>;
  answers: { deploy: RunnerAnswer; check: RunnerAnswer; inject: RunnerAnswer; http: OutgoingAnswer };
  restartCount: number;
  tell<Kind extends keyof RunnerEvents>(kind: Kind, event: RunnerEvents[Kind]): void;
  setState(state: RunnerState): void;
}

const OK: RunnerAnswer = { ok: true, problems: [] };

export function createFakeRunnerHost(options: RunnerHostOptions): FakeRunnerHost {
  const listeners = new Map<string, Set<(event: never) => void>>();
  let state: RunnerState = 'idle';
  const host: FakeRunnerHost = {
    options,
    running: new Map(),
    asked: [],
    watched: new Set(),
    injected: [],
    restartCount: 0,
    questions: [],
    tells: {},
    answers: { deploy: OK, check: OK, inject: OK, http: { status: 404, body: 'no node' } },
    async deploy(flow: Flow, version, reset) {
      host.asked.push([`deploy ${flow.id} ${version}`, ...reset].join(' '));
      if (host.answers.deploy.ok) host.running.set(flow.id, version);
      return host.answers.deploy;
    },
    async stop(flow, forget) {
      host.asked.push(`${forget ? 'forget' : 'stop'} ${flow}`);
      host.running.delete(flow);
      return OK;
    },
    check: async () => host.answers.check,
    watch(flow, on) {
      if (on) host.watched.add(flow);
      else host.watched.delete(flow);
    },
    async inject(flow, node, port, message) {
      host.injected.push({ flow, node, port, message });
      return host.answers.inject;
    },
    async ask<Asked extends Question>(flow: string, question: Asked) {
      if (!host.running.has(flow)) {
        throw new SluiceError('not-found', `The flow “${flow}” is not running; deploy it first.`);
      }
      host.questions.push({ flow, ...question });
      return host.tells[question.about] as Answers[Asked['about']];
    },
    async askState<Asked extends StateQuestion>({ id }: Flow, question: Asked) {
      host.questions.push({ flow: id, ...question });
      return host.tells[question.about] as Answers[Asked['about']];
    },
    handleHttp: async (incoming) => {
      host.asked.push(`${incoming.method} ${incoming.path} ${Buffer.from(incoming.body).toString()}`);
      return host.answers.http;
    },
    updateConnections: (connections) =>
      void host.asked.push(`connections ${connections.map(({ id }) => id).join(' ')}`),
    updateDevices: (devices) => void host.asked.push(`devices ${devices.map(({ id }) => id).join(' ')}`),
    updateLimits: ({ deadLettersPerFlow }) => void host.asked.push(`limits ${deadLettersPerFlow}`),
    on(kind, listener) {
      const own = listeners.get(kind) ?? new Set();
      listeners.set(kind, own.add(listener));
      return () => void own.delete(listener);
    },
    state: () => state,
    restarts: () => host.restartCount,
    pid: () => undefined,
    close: async () => undefined,
    tell(kind, event) {
      for (const listener of listeners.get(kind) ?? []) listener(event as never);
    },
    setState(next) {
      state = next;
      host.tell('state', { state: next, sentence: '' });
    },
  };
  return host;
}
