import type { DeviceSelector } from '@sluice/shared/node/field.ts';
import type {
  Connections,
  DeviceDirectory,
  Http,
  HttpRequest,
  HttpResponse,
  IncomingRequest,
  MqttPacket,
  NodeStatus,
  OutgoingAnswer,
} from '@sluice/shared/node/context.ts';

// What is outside of a node, played for its tests: it records what nodes do and says what tests want them to meet.

type PublishedPacket = Omit<MqttPacket, 'duplicate'>;

/** A broker that is always there. */
export interface FakeMqtt extends Readonly<{ connection: Connections['mqtt'] }> {
  readonly published: readonly PublishedPacket[];
  /** Topic filters that nodes listen to now. */
  filters(): readonly string[];
  /** Brings a packet to every subscription that matches; gives back how many took it. Text is sent as UTF-8. */
  deliver(
    packet: Partial<Omit<MqttPacket, 'payload'>> & { topic: string; payload: string | Uint8Array },
  ): number;
  /** How many packets nodes have acknowledged. */
  acknowledged(): number;
  /** The next publish or subscribe fails with this. */
  failNext(error: Error): void;
  tellStatus(status: NodeStatus): void;
}

interface LiveSubscription {
  readonly filter: string;
  readonly receive: (packets: readonly MqttPacket[], acknowledge: () => void) => boolean;
}

export function fakeMqtt(): FakeMqtt {
  const published: PublishedPacket[] = [];
  const subscriptions = new Set<LiveSubscription>();
  const listeners = new Set<(status: NodeStatus) => void>();
  const failure = oneFailure();
  let acknowledged = 0;
  return {
    published,
    connection: {
      subscribe: async (filter, _qos, receive) => {
        failure.meet();
        const subscription = { filter, receive };
        subscriptions.add(subscription);
        return {
          waiting: 0,
          resume: () => undefined,
          stop: () => void subscriptions.delete(subscription),
        };
      },
      publish: async (packet, signal) => {
        signal.throwIfAborted();
        failure.meet();
        published.push(packet);
      },
      onStatus: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    filters: () => [...subscriptions].map((subscription) => subscription.filter),
    deliver: ({ topic, payload, qos = 0, retain = false, duplicate = false }) => {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      const matching = [...subscriptions].filter(({ filter }) => topicMatches(filter, topic));
      for (const { receive } of matching)
        receive([{ topic, payload: bytes, qos, retain, duplicate }], () => (acknowledged += 1));
      return matching.length;
    },
    acknowledged: () => acknowledged,
    failNext: failure.set,
    tellStatus: (status) => listeners.forEach((listener) => listener(status)),
  };
}

function topicMatches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  const many = wanted.at(-1) === '#';
  const fixed = many ? wanted.slice(0, -1) : wanted;
  if (many ? levels.length < fixed.length : levels.length !== fixed.length) return false;
  return fixed.every((level, index) => level === '+' || level === levels[index]);
}

function oneFailure() {
  let next: Error | undefined;
  return {
    set: (error: Error) => {
      next = error;
    },
    meet: () => {
      const error = next;
      next = undefined;
      if (error !== undefined) throw error;
    },
  };
}

/** The world of HTTP: servers that answer as told, and callers of `http-in` nodes. */
export interface FakeHttp {
  readonly http: Http;
  readonly requests: readonly HttpRequest[];
  /** What a request is answered with from now on; throw in it to be a server that is not there. */
  answerWith(answer: (request: HttpRequest) => Partial<HttpResponse> | Promise<Partial<HttpResponse>>): void;
  /** Paths that nodes serve now, as `POST /hook`. */
  served(): readonly string[];
  /** Calls an `http-in` node; false when none serves it. */
  call(request: Partial<IncomingRequest> & { method: string; path: string; text?: string }): boolean;
  /** Answers that nodes have given, by request id. */
  readonly answers: ReadonlyMap<string, OutgoingAnswer>;
}

export function fakeHttp(): FakeHttp {
  const requests: HttpRequest[] = [];
  const served = new Map<string, (request: IncomingRequest) => void>();
  const waiting = new Set<string>();
  const answers = new Map<string, OutgoingAnswer>();
  let answer: Parameters<FakeHttp['answerWith']>[0] = ok;
  return {
    requests,
    answers,
    http: {
      request: async (request, signal) => {
        signal.throwIfAborted();
        requests.push(request);
        return { status: 200, headers: {}, body: new Uint8Array(), ...(await answer(request)) };
      },
      listen: async (method, path, receive) => {
        served.set(`${method} ${path}`, receive);
        return () => void served.delete(`${method} ${path}`);
      },
      respond: (id, given) => {
        if (!waiting.delete(id)) return false;
        answers.set(id, given);
        return true;
      },
    },
    answerWith: (next) => {
      answer = next;
    },
    served: () => [...served.keys()],
    call: ({ text = '', ...request }) => {
      for (const [route, receive] of served) {
        const params = routeParams(route, `${request.method} ${request.path}`);
        if (params === undefined) continue;
        const id = request.id ?? `request-${waiting.size + answers.size + 1}`;
        waiting.add(id);
        receive({ query: {}, headers: {}, body: new TextEncoder().encode(text), params, ...request, id });
        return true;
      }
      return false;
    },
  };
}

const ok = () => ({ status: 200 });

function routeParams(route: string, called: string): Record<string, string> | undefined {
  const wanted = route.split('/');
  const parts = called.split('/');
  if (wanted.length !== parts.length) return undefined;
  const named = (part: string, index: number) => part.startsWith(':') || part === parts[index];
  if (!wanted.every(named)) return undefined;
  const pairs = wanted.flatMap((part, index) =>
    part.startsWith(':') ? [[part.slice(1), parts[index] ?? ''] as const] : [],
  );
  return Object.fromEntries(pairs);
}

/** A device that the registry knows; `sensor-1` and the like need not be told when all of them match. */
export interface FakeDevice {
  readonly id: string;
  readonly name?: string;
  readonly model?: string;
  readonly tags?: readonly string[];
}

export function fakeDevices(known: readonly FakeDevice[]): DeviceDirectory {
  const byId = new Map(known.map((device) => [device.id, device]));
  return {
    matches: (selector: DeviceSelector, id) => {
      const device = byId.get(id);
      if (selector.ids !== undefined && !selector.ids.includes(id)) return false;
      if (selector.model !== undefined && selector.model !== device?.model) return false;
      return (
        selector.tags === undefined || selector.tags.every((tag) => device?.tags?.includes(tag) === true)
      );
    },
    name: (id) => byId.get(id)?.name ?? id,
    telemetry: { connection: 'embedded', filter: 'devices/+/telemetry' },
  };
}

/** Everything outside, in one place. */
export interface Outside {
  readonly mqtt: FakeMqtt;
  readonly http: FakeHttp;
  /** Lines that were written to InfluxDB. */
  readonly lines: readonly string[];
  readonly mails: readonly { readonly to: string; readonly subject: string; readonly text: string }[];
  /** The next write to InfluxDB or mail fails with this. */
  failNextWrite(error: Error): void;
  readonly connections: Connections;
}

export function fakeOutside(): Outside {
  const mqtt = fakeMqtt();
  const lines: string[] = [];
  const mails: { to: string; subject: string; text: string }[] = [];
  const failure = oneFailure();
  return {
    mqtt,
    http: fakeHttp(),
    lines,
    mails,
    failNextWrite: failure.set,
    connections: {
      mqtt: mqtt.connection,
      influxdb: {
        write: async (more, signal) => {
          signal.throwIfAborted();
          failure.meet();
          lines.push(...more);
        },
      },
      smtp: {
        send: async (mail, signal) => {
          signal.throwIfAborted();
          failure.meet();
          mails.push(mail);
        },
      },
    },
  };
}
