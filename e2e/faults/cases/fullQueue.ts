import type { FlowParts } from '../flows.ts';
import { chain, loadFlows, node } from '../flows.ts';
import { freezeProgram, killProgram } from '../processes.ts';
import type { Publisher } from '../publisher.ts';
import { openPublisher } from '../publisher.ts';
import { settleAndJudge } from '../report.ts';
import { openSink } from '../sink.ts';
import { now, untilNothingChanges } from '../time.ts';
import type { Case } from './case.ts';

/** The broker keeps 67 MB for the session of the flows and gives nine tenths of it to others. */
const QUEUE_MB = 67;
/**
 * V8 lets 64 MB of buffers come up between two collections (`kExternalAllocationSoftLimit`): of these large messages in the
 * server, which gives them out, and in the runner, which takes them.
 */
const UNCOLLECTED_MB = 2 * 64;
const MESSAGE_BYTES = 200_000;
/** From here on little has room any more. */
const NEARLY_FULL_BYTES = 50_000_000;
/** More than all of the queue: one that took what it has no place for would lose some. */
const SHORT_MESSAGES = 380;
const LONG_MESSAGES = 1_500;
/** Beside them, little: what is large fills the queue. */
const PER_SECOND = 200;
/** In flight at once: the least that fills the queue and leaves some that find no place. */
const MOST_IN_FLIGHT = 30;
/** When no more is acknowledged for so long the queue is full. */
const FULL_MS = 1_000;
const NO_PROGRESS_MS = 20_000;

/**
 * The flows are away, their session at the built-in broker is not, and more comes for it than its queue takes: what was
 * acknowledged is in it and comes out, what finds no place is not acknowledged, so its publisher holds it and sends it again.
 */
export const fullQueue: Case = {
  name: 'full-queue',
  brokers: ['embedded'],
  bed: () => ({ load: { perSecond: PER_SECOND } }),
  flows: (connection) => ({ ...loadFlows(connection), Big: bigFlow(connection) }),
  run: async (bed, { isShort }) => {
    const flood = openFlood(bed.product().mqttPort, isShort ? SHORT_MESSAGES : LONG_MESSAGES);
    try {
      await flood.begin();
      const from = now();
      freezeProgram(bed.product().pid, 'runner');
      flood.start();
      const isFilled = () => flood.acknowledged.size * MESSAGE_BYTES >= NEARLY_FULL_BYTES;
      await untilNothingChanges(NO_PROGRESS_MS, isFilled, () => flood.acknowledged.size);
      await untilNothingChanges(
        FULL_MS,
        () => false,
        () => flood.acknowledged.size,
      );
      const accepted = new Set(flood.acknowledged);
      const isFull = isFilled() && flood.held > 0;
      await killProgram(bed.product().pid, 'runner');
      const outage = await bed.recovered(from);
      await untilNothingChanges(
        NO_PROGRESS_MS,
        () => flood.isOver,
        () => flood.arrived.size,
      );
      const faults = { outages: [outage], underWay: 0, heldMb: QUEUE_MB + UNCOLLECTED_MB };
      const { figures, breaches } = await settleAndJudge(bed, faults);
      const kept = `${accepted.size} of ${flood.most} large ones acknowledged while the queue was full`;
      return { figures: [kept, ...figures], breaches: [...flood.breaches(accepted, isFull), ...breaches] };
    } finally {
      flood.close();
    }
  },
};

/** Takes large messages and gives their numbers, so that the way out is no bottleneck. */
function bigFlow(connection: string): FlowParts {
  return chain([
    node('in', 'mqtt-in', { connection: 'broker', topic: 'big', qos: 1, format: 'json' }),
    node('number', 'change', {
      set: [
        { path: 'topic', to: 'big-out' },
        { path: 'payload', to: { path: 'payload.seq' } },
      ],
    }),
    node('out', 'mqtt-out', { connection, qos: 1 }),
  ]);
}

/** Large messages at QoS 1 from a publisher of its own, and what came of each. */
function openFlood(port: number, most: number) {
  const publisher: Publisher = openPublisher(port, 'big-publisher');
  const acknowledged = new Set<number>();
  const arrived = new Set<number>();
  const sink = openSink(port, 'big-sink', ['big-out'], ({ payload }) => {
    arrived.add(Number(payload.toString('utf8')));
  });
  const pad = 'x'.repeat(MESSAGE_BYTES);
  let sent = 0;
  const sendOne = () => {
    if (sent >= most) return;
    sent += 1;
    const seq = sent;
    publisher.publish('big', Buffer.from(JSON.stringify({ seq, pad })), () => {
      acknowledged.add(seq);
      sendOne();
    });
  };
  return {
    most,
    acknowledged,
    arrived,
    /** Messages that are not acknowledged or were not sent yet. */
    get held() {
      return most - acknowledged.size;
    },
    get isOver() {
      return acknowledged.size === most && arrived.size === most;
    },
    begin: async () => {
      await publisher.connected();
      await sink.subscribed();
    },
    start: () => {
      for (let count = 0; count < MOST_IN_FLIGHT; count++) sendOne();
    },
    /** `accepted`: what was acknowledged while the queue was full. */
    breaches: (accepted: ReadonlySet<number>, isFull: boolean): string[] => {
      const lost = [...accepted].filter((seq) => !arrived.has(seq));
      return [
        ...(isFull ? [] : ['the queue never got full, so nothing was proved']),
        ...(lost.length === 0 ? [] : [`${lost.length} large messages were acknowledged and never came out`]),
        ...(acknowledged.size === most
          ? []
          : [`${most - acknowledged.size} large messages were never acknowledged`]),
        ...(arrived.size === most ? [] : [`${most - arrived.size} large messages never came out`]),
      ];
    },
    close: () => {
      publisher.close();
      sink.close();
    },
  };
}
