import type { Message } from '@sluice/shared/message/message.ts';
import type { NodeStatus } from '@sluice/shared/node/context.ts';
import type { Notice } from '../engine/shell.ts';
import type { RunnerMessage } from './protocol.ts';
import { roughSize } from '../engine/roughSize.ts';
import type { RunnerTime } from './time.ts';

/** What a runner tells its host of by itself is gathered for this long. */
const GATHER_MS = 100;
/** What people can read in a second, and more; the rest is counted as skipped. */
const NOTICES_A_SECOND = 200;
/** Sampled values in one message to the host. */
const MOST_SAMPLES = 1_000;
/** What people are shown is cut anyway: messages beyond this many bytes, all in all, are left out (the first never is). */
const MOST_BYTES = 2_000_000;

/**
 * Gathers notices, statuses and sampled values and sends them in bounded messages (EN14). Statuses and what concerns a
 * whole flow are never left out; of debug messages, errors and logs at most `noticesASecond` go out.
 */
export class Reports {
  readonly #time: RunnerTime;
  readonly #send: (message: RunnerMessage) => void;
  readonly #noticesASecond: number;
  #notices: Notice[] = [];
  #skipped = 0;
  #statuses = new Map<string, Map<string, NodeStatus>>();
  #samples = new Map<string, { wire: string; message: Message }[]>();
  #sampleCount = 0;
  #bytes = 0;
  #second = 0;
  #noticesThisSecond = 0;
  #stopTimer: (() => void) | undefined;

  constructor(
    time: RunnerTime,
    send: (message: RunnerMessage) => void,
    noticesASecond: number = NOTICES_A_SECOND,
  ) {
    this.#time = time;
    this.#send = send;
    this.#noticesASecond = noticesASecond;
  }

  notice(notice: Notice): void {
    if (notice.kind === 'status') {
      const nodes = this.#statuses.get(notice.flow) ?? new Map<string, NodeStatus>();
      this.#statuses.set(notice.flow, nodes.set(notice.node, notice.status));
    } else if (notice.kind === 'flow' || (this.#hasRoom() && this.#fits(messageOf(notice)))) {
      this.#notices.push(notice);
    } else {
      this.#skipped += 1;
    }
    this.#plan();
  }

  sample(flow: string, wire: string, message: Message): void {
    if (this.#sampleCount >= MOST_SAMPLES || !this.#fits(message)) return;
    this.#sampleCount += 1;
    const samples = this.#samples.get(flow) ?? [];
    samples.push({ wire, message });
    this.#samples.set(flow, samples);
    this.#plan();
  }

  /** Sends what is gathered now. */
  flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (const [flow, nodes] of this.#statuses)
      this.#send({ kind: 'status', flow, nodes: Object.fromEntries(nodes) });
    for (const [flow, samples] of this.#samples) this.#send({ kind: 'values', flow, samples });
    if (this.#notices.length > 0 || this.#skipped > 0)
      this.#send({ kind: 'notices', notices: this.#notices, skipped: this.#skipped });
    this.#statuses = new Map();
    this.#samples = new Map();
    this.#sampleCount = 0;
    this.#bytes = 0;
    this.#notices = [];
    this.#skipped = 0;
  }

  #hasRoom(): boolean {
    const second = Math.floor(this.#time.now() / 1_000);
    if (second !== this.#second) this.#noticesThisSecond = 0;
    this.#second = second;
    this.#noticesThisSecond += 1;
    return this.#noticesThisSecond <= this.#noticesASecond;
  }

  #fits(message: Message | undefined): boolean {
    if (message === undefined) return true;
    if (this.#bytes >= MOST_BYTES) return false;
    this.#bytes += roughSize(message.payload, MOST_BYTES);
    return true;
  }

  #plan(): void {
    this.#stopTimer ??= this.#time.after(GATHER_MS, () => this.flush());
  }
}

function messageOf(notice: Notice): Message | undefined {
  return notice.kind === 'debug' || notice.kind === 'error' ? notice.message : undefined;
}
