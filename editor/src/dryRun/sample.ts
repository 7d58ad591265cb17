import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import { durationSchema, toMs } from '@sluice/shared/message/duration.ts';
import type { Headers, Json } from '@sluice/shared/message/message.ts';
import type { DryInput } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { parseByHand } from './byHand.ts';
import { durationText } from './offset.ts';

/** A message to try the flow on, as people write it. */
export interface Sample {
  /** Unique among the samples of a flow, for as long as it is open. */
  readonly key: number;
  readonly node: string;
  /** An output of the node, by which it comes out, or an input, by which it goes in. */
  readonly port: string;
  /** When it comes, from the start, as `10m`. */
  readonly at: string;
  readonly device: string;
  readonly topic: string;
  /** JSON, or plain text. */
  readonly payload: string;
  /** What a protocol brought along; people do not write it. */
  readonly headers: Headers;
}

export type SampleParts = Omit<Sample, 'key'>;

/** A field of a sample that cannot be read, with the sentence for it. */
export interface SampleProblem {
  readonly key: number;
  readonly field: 'at' | 'payload';
  readonly sentence: string;
}

export type ReadSamples =
  | { readonly ok: true; readonly inputs: readonly DryInput[] }
  | { readonly ok: false; readonly problems: readonly SampleProblem[] };

/** The samples as messages for a dry run, whose clock starts when that of every scenario does. */
export function readSamples(samples: readonly Sample[]): ReadSamples {
  const problems: SampleProblem[] = [];
  const inputs: DryInput[] = [];
  for (const sample of samples) {
    const { key, node, port, at, device, topic, headers } = sample;
    const length = durationSchema.safeParse(at);
    if (!length.success)
      problems.push({ key, field: 'at', sentence: length.error.issues[0]?.message ?? 'This is no time.' });
    const parsed = parseByHand({ payload: sample.payload, device: '', topic: '' });
    if (!parsed.ok) problems.push({ key, field: 'payload', sentence: parsed.sentence });
    else if (length.success)
      inputs.push({
        node,
        port,
        time: SCENARIO_START + toMs(at),
        topic,
        ...(device === '' ? {} : { device }),
        payload: parsed.message.payload ?? null,
        headers: { ...headers },
      });
  }
  return problems.length === 0 ? { ok: true, inputs } : { ok: false, problems };
}

/** Messages that came while the flow ran, as samples: the first of them at the start, the others as far apart as they were. */
export function samplesOfInputs(
  inputs: readonly DryInput[],
  portOf: (node: string) => string,
): SampleParts[] {
  const start = Math.min(...inputs.map(({ time }) => time));
  return inputs.map(({ node, port, time, device = '', topic, payload, headers }) => ({
    node,
    port: port ?? portOf(node),
    at: durationText(time - start),
    device,
    topic,
    payload: payloadText(payload),
    headers,
  }));
}

/** The messages of a scenario. */
export function samplesOfScenario({ input }: Scenario): SampleParts[] {
  return input.map(({ at, node, port = 'out', message }) => ({
    node,
    port,
    at,
    device: message.device ?? '',
    topic: message.topic ?? '',
    payload: payloadText(message.payload ?? null),
    headers: message.headers ?? {},
  }));
}

/** What a message that was seen brings to a sample; where and when it comes stays. */
export function contentOf(
  message: ShownMessage,
): Pick<SampleParts, 'device' | 'topic' | 'payload' | 'headers'> {
  const { device = '', topic, payload, headers } = message;
  return { device, topic, payload: payloadText(payload), headers };
}

/** The payload as people write it: a text without quotes, unless it would be read as something else. */
export function payloadText(payload: Json): string {
  if (typeof payload === 'string') {
    const read = parseByHand({ payload, device: '', topic: '' });
    if (read.ok && read.message.payload === payload) return payload;
  }
  return payload === null ? '' : JSON.stringify(payload);
}

/** Whether nothing of the samples or the flow that decides on what happens is another one. */
export function isSameWork(one: Flow, other: Flow): boolean {
  return one.nodes === other.nodes && one.wires === other.wires;
}
