import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { HttpListener } from '../connections/http.ts';
import { createHttp, startHttpListener } from '../connections/http.ts';
import type { Notice } from '../engine/shell.ts';
import type { HostMessage, RunnerAnswer, RunnerConnection, RunnerMessage } from '../runner/protocol.ts';
import { openRunner } from '../runner/openRunner.ts';
import { Outstanding } from '../runner/outstanding.ts';
import { newId } from '../runner/time.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT } from './command.ts';
import { readFlowFile } from './flowFile.ts';
import { numberOption, textOption } from './readArguments.ts';
import type { RUN } from './specs.ts';

type RunArguments = Arguments<keyof (typeof RUN)['options']>;

const DRAIN_MS = 5_000;
/** Lines are read by programs here, so there may be many more than a person can read. */
const LINES_A_SECOND = 20_000;

/** `sluice run`: one flow in this process, with the connections of its file, until the person has enough. */
export async function run({ files, values }: RunArguments, terminal: Terminal): Promise<ExitCode> {
  const flow = readFlowFile(files[0] ?? '');
  const httpPort = values['http-port'];
  const port = numberOption('http-port', httpPort, { fallback: 0, min: 0, max: 65_535, isWhole: true });
  const host = new HeadlessHost(flow, textOption(values.state), terminal);
  try {
    const listener = httpPort === undefined ? undefined : await host.listen(port);
    return await host.run(listener);
  } finally {
    await host.close();
  }
}

/** Stands where the server stands for a runner of its own process. */
class HeadlessHost {
  readonly #flow: Flow;
  readonly #terminal: Terminal;
  readonly #answers = new Outstanding<RunnerAnswer>();
  // What runs here is the person's own flow on the person's own machine.
  readonly #http = createHttp({ allowPrivate: true });
  readonly #runner: ReturnType<typeof openRunner>;
  #listener: HttpListener | undefined;

  constructor(flow: Flow, folder: string | undefined, terminal: Terminal) {
    this.#flow = flow;
    this.#terminal = terminal;
    const connections = connectionsOf(flow);
    this.#runner = openRunner({
      workspace: 'local',
      folder,
      connections,
      devices: [],
      telemetry: {
        connection: connections.find(({ type }) => type === 'mqtt')?.id ?? 'mqtt',
        filter: 'devices/+/telemetry',
      },
      time: terminal.time,
      http: this.#http,
      noticesASecond: LINES_A_SECOND,
      send: (message) => this.#receive(message),
    });
  }

  async listen(port: number): Promise<HttpListener> {
    const { incoming } = this.#http;
    this.#listener = await startHttpListener({ host: '127.0.0.1', port, incoming, newId });
    return this.#listener;
  }

  async run(listener: HttpListener | undefined): Promise<ExitCode> {
    const answer = await this.#ask((request) => ({
      kind: 'deploy',
      request,
      version: 1,
      flow: this.#flow,
      reset: [],
    }));
    if (!answer.ok) {
      const errors = answer.problems.filter(({ severity }) => severity === 'error');
      const sentences = errors.length === 0 ? [answer.sentence] : errors.map(({ sentence }) => sentence);
      for (const sentence of sentences) this.#terminal.say(sentence);
      return EXIT.wrongArgument;
    }
    for (const { sentence } of answer.problems) this.#terminal.say(sentence);
    const where = listener === undefined ? '' : ` HTTP at http://127.0.0.1:${listener.port}.`;
    this.#terminal.say(`“${this.#flow.name}” is running.${where} Ctrl-C ends it.`);
    await new Promise<void>((resolve) => {
      if (this.#terminal.asked.aborted) resolve();
      else this.#terminal.asked.addEventListener('abort', () => resolve());
    });
    return EXIT.ok;
  }

  async close(): Promise<void> {
    await this.#runner.close(DRAIN_MS);
    await this.#listener?.close();
  }

  #ask(make: (request: string) => HostMessage): Promise<RunnerAnswer> {
    const request = newId();
    const answered = this.#answers.open(request);
    this.#runner.receive(make(request));
    return answered;
  }

  #receive(message: RunnerMessage): void {
    switch (message.kind) {
      case 'answer':
        this.#answers.settle(message.request, message.result);
        return;
      case 'notices':
        for (const notice of message.notices) this.#show(notice);
        if (message.skipped > 0) this.#terminal.say(`${message.skipped} more messages are not shown.`);
        return;
      case 'status':
        for (const [node, { state, text }] of Object.entries(message.nodes))
          if (state === 'error' || state === 'warning') this.#terminal.say(`${node}: ${text}`);
        return;
      case 'alarms':
        for (const report of message.reports)
          this.#terminal.out(JSON.stringify({ event: 'alarm', node: message.node, ...report }));
        // There is no list of alarms here: printed is all that can be done with them.
        this.#runner.receive({ kind: 'alarmsStored', request: message.request });
        return;
      case 'trouble':
        return this.#terminal.say(message.sentence);
      case 'ready':
      case 'pong':
      case 'counters':
      case 'processes':
      case 'values':
      case 'httpRoutes':
      case 'httpAnswer':
      case 'stopped':
        return;
    }
  }

  #show(notice: Notice): void {
    switch (notice.kind) {
      case 'debug':
        this.#terminal.out(
          JSON.stringify({
            event: 'debug',
            node: notice.node,
            label: notice.label,
            message: plain(notice.message),
          }),
        );
        return;
      case 'error':
        this.#terminal.say(`${notice.node}: ${notice.sentence}`);
        return;
      case 'log':
        this.#terminal.say(`${notice.node}: ${notice.text}`);
        return;
      case 'flow':
        this.#terminal.say(notice.sentence);
        return;
      case 'status':
        return;
    }
  }
}

/** The connections of a flow file; what is secret stands in their settings, so it counts as both. */
function connectionsOf(flow: Flow): readonly RunnerConnection[] {
  return Object.entries(flow.connections).map(([id, { type, config }]) => {
    const texts = Object.entries(config).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return { id, name: id, type, config, secrets: Object.fromEntries(texts) };
  });
}

/** Bytes are shown as base64: JSON has no other way. */
function plain(message: Extract<Notice, { kind: 'debug' }>['message']): unknown {
  const { payload } = message;
  if (!(payload instanceof Uint8Array)) return message;
  return { ...message, payload: { base64: Buffer.from(payload).toString('base64') } };
}
