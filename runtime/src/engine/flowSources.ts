import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Source } from '@sluice/shared/node/implementNode.ts';
import type { SourceIntake, SourceIntakeOptions } from './intake.ts';
import { createSourceIntake } from './intake.ts';
import { sentenceOf } from './pass.ts';
import type { PassEntry } from './pass.ts';

/** So many of the last messages of each source are remembered, for people to try a flow on. */
const REMEMBERED = 20;

export interface RecentMessage {
  readonly node: string;
  readonly port: string;
  readonly message: Message;
}

/** The sources of a flow that are at work, by node id. */
export interface FlowSources {
  /** Rejects when it cannot start; then it is not among them. */
  start(node: string, source: Source<string>): Promise<void>;
  /** Lets these go on with what they have gathered, refuses what comes after, and stops them. Never rejects. */
  stop(nodes: Iterable<string>): Promise<void>;
  stopAll(): Promise<void>;
  find(node: string): Source<string> | undefined;
  /** Messages that a source has waiting outside, where it tells. */
  lagOf(node: string): number | undefined;
  /** Messages taken in that are not yet on their way. */
  readonly gathered: number;
  /** Sends on what has gathered. */
  flush(): void;
  /** From now on what comes gathers, until `release`. */
  hold(): void;
  release(): void;
  roomMade(): void;
  /** The last messages that they brought in, oldest first. */
  recent(): readonly RecentMessage[];
}

export interface FlowSourcesOptions
  extends Omit<SourceIntakeOptions, 'node' | 'isFull' | 'hasRoom' | 'isHeld' | 'faulty'> {
  readonly indexOf: (node: string) => number | undefined;
  readonly isFullFor: (index: number) => boolean;
  readonly hasRoomFor: (index: number) => boolean;
  readonly faulty: (node: string, sentence: string) => void;
}

interface AtWork {
  readonly source: Source<string>;
  readonly intake: SourceIntake;
  recent: RecentMessage[];
  stop: Stop;
}

export function createFlowSources(options: FlowSourcesOptions): FlowSources {
  const all = new Map<string, AtWork>();
  let isHeld = false;
  const indexOf = (node: string) => options.indexOf(node) ?? -1;
  const intakeOf = (node: string): SourceIntake =>
    createSourceIntake({
      node: () => indexOf(node),
      scheduler: options.scheduler,
      isFull: () => options.isFullFor(indexOf(node)),
      hasRoom: () => options.hasRoomFor(indexOf(node)),
      isHeld: () => isHeld,
      faulty: (error) => options.faulty(node, sentenceOf(error)),
      run: (entry, messages, settled) => {
        const own = all.get(node);
        if (own !== undefined) remember(own, node, entry);
        options.run(entry, messages, settled);
      },
    });

  const flush = () => {
    for (const { intake } of all.values()) intake.flush();
  };

  const stopOne = async (node: string): Promise<void> => {
    const own = all.get(node);
    if (own === undefined) return;
    own.intake.flush();
    own.intake.close();
    all.delete(node);
    try {
      await own.stop();
    } catch (error) {
      options.faulty(node, sentenceOf(error));
    }
  };
  const stop = async (nodes: Iterable<string>) => {
    await Promise.all([...nodes].map(stopOne));
  };

  return {
    start: async (node, source) => {
      const own: AtWork = { source, intake: intakeOf(node), recent: [], stop: () => undefined };
      // There before it starts: it may bring something in at once.
      all.set(node, own);
      try {
        own.stop = await source.start(own.intake);
      } catch (error) {
        own.intake.close();
        all.delete(node);
        throw error;
      }
    },
    stop,
    stopAll: () => stop(all.keys()),
    find: (node) => all.get(node)?.source,
    lagOf: (node) => all.get(node)?.intake.lag,
    get gathered() {
      let gathered = 0;
      for (const { intake } of all.values()) gathered += intake.gathered;
      return gathered;
    },
    flush,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      flush();
    },
    roomMade: () => {
      for (const { intake } of all.values()) intake.roomMade();
    },
    recent: () => [...all.values()].flatMap(({ recent }) => recent),
  };
}

function remember(own: AtWork, node: string, { emitted }: PassEntry): void {
  for (const { port, messages } of emitted ?? []) {
    const last = messages.slice(-REMEMBERED).map((message) => ({ node, port, message }));
    own.recent = last.length === REMEMBERED ? last : [...own.recent, ...last].slice(-REMEMBERED);
  }
}
