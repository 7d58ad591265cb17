import type {
  AlarmReport,
  Connections,
  Http,
  HttpResponse,
  NodeContext,
} from '@sluice/shared/node/context.ts';

// The outside of a scenario and of a dry run: everything is taken and told of, nothing is done (EN15).

/** Who is told what a node asked of the outside, in words that follow “would”. */
export interface Asked {
  /** Gives a way to say more of it. */
  tell(what: string): { more(text: string): void };
  /** The node wants to know an answer that only the outside has: the message cannot go on. */
  stopHere(): void;
}

/** What a node cannot get to know here. Whoever catches it, the message ends. */
class NobodyAnswers extends Error {}

const NOBODY =
  'nobody answers in a test, so the message stops here. To go on, add a sample that comes out of this node';

/** The same context with an outside that does nothing but tell. */
export function withoutOutside(context: NodeContext, asked: Asked): NodeContext {
  const connections = connectionsThatTell(asked);
  return {
    ...context,
    connection: (type) => connections[type],
    http: httpThatTells(asked),
    reportAlarms: async (reports) => {
      for (const report of reports) asked.tell(alarmInWords(report));
    },
    debug: (message, label) => {
      asked.tell(`show it in the messages as “${label}”`);
      context.debug(message, label);
    },
  };
}

function connectionsThatTell(asked: Asked): Connections {
  return {
    mqtt: {
      subscribe: () => Promise.resolve({ waiting: 0, resume: () => undefined, stop: () => undefined }),
      publish: async ({ topic, payload, qos, retain }) => {
        const kept = retain ? ', to be retained' : '';
        asked.tell(`publish ${bytes(payload.length)} to ${topic}, QoS ${qos}${kept}`);
      },
      onStatus: () => () => undefined,
    },
    influxdb: {
      write: async (lines) => {
        const more = lines.length > 1 ? ` and ${lines.length - 1} more` : '';
        asked.tell(`write to InfluxDB: ${cut(lines[0] ?? 'nothing')}${more}`);
      },
    },
    smtp: {
      send: async ({ to, subject }) => {
        asked.tell(`send an e-mail to ${cut(to)}: “${cut(subject)}”`);
      },
    },
  };
}

function httpThatTells(asked: Asked): Http {
  return {
    request: async ({ method, url, body }) => {
      const sent = body === undefined ? '' : ` with ${bytes(Buffer.byteLength(body))}`;
      return unanswered(asked, asked.tell(`call ${method} ${cut(url)}${sent}`));
    },
    listen: () => Promise.resolve(() => undefined),
    respond: (_request, { status, body = '' }) => {
      asked.tell(`answer the request with status ${status} and ${bytes(Buffer.byteLength(body))}`);
      return true;
    },
  };
}

/**
 * The request counts as taken: a node that only looks at the status goes on, as one that tells somebody. One that wants
 * to read what was answered cannot, because nobody knows it.
 */
function unanswered(asked: Asked, told: { more(text: string): void }): HttpResponse {
  const unknown = (): never => {
    asked.stopHere();
    told.more(`; ${NOBODY}`);
    throw new NobodyAnswers(NOBODY);
  };
  return {
    status: 200,
    get headers() {
      return unknown();
    },
    get body() {
      return unknown();
    },
  };
}

function alarmInWords({ state, severity, text, device }: AlarmReport): string {
  const whose = device === undefined ? '' : ` for ${device}`;
  return state === 'active'
    ? `raise the alarm “${cut(text)}” (${severity})${whose}`
    : `clear the alarm “${cut(text)}”${whose}`;
}

function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

const MOST_CHARS = 200;

function cut(text: string): string {
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
