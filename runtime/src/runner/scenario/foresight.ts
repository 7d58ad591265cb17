import type { Message } from '@sluice/shared/message/message.ts';
import type { ProgramResult, ProgramSource, SandboxProgram } from '@sluice/shared/node/context.ts';
import type { OwnedProgram } from '../../engine/shell.ts';
import { encodeMessages } from '../../sandbox/lane.ts';

/**
 * A run on a clock of its own stands still while user code answers, and a way to the sandbox process and back takes as
 * long as a hundred messages without. So the same flow runs a stretch ahead of itself, in stages: the first finds out what
 * code of depth 1 (`codeDepths`) will be asked, the second, who has the answers to that, what code of depth 2 will be
 * asked, and so on. What a stage found out is asked at once for all messages; the last stage is the run itself. What it
 * asks and nobody foresaw goes to the sandbox then, so that a wrong guess costs time. Only code that keeps something of its
 * own from message to message has seen what was foreseen wrongly, too.
 */
export interface Foresight {
  /** Stages in front of the run itself. */
  readonly scouts: number;
  /** How a stage opens user code: 0 to `scouts`, which is the run itself. */
  programsOf(stage: number): (node: string, source: ProgramSource) => OwnedProgram;
  /** Asks the sandbox what a stage found out. */
  ask(stage: number): Promise<void>;
  /** Forgets answers that nobody asked for: the run itself is through with the stretch. */
  forget(): void;
}

export interface ForesightOptions {
  /** By node. */
  readonly depths: ReadonlyMap<string, number>;
  open(node: string, source: ProgramSource): SandboxProgram;
}

/** Code behind so much other code is asked when its message is there. */
const MOST_SCOUTS = 4;
/** Characters of messages that a stage finds out in one stretch; what is beyond it is asked when its message is there. */
const MOST_CHARS = 4_000_000;

const NOTHING: ProgramResult = { ok: true, value: undefined, logs: [] };

export function createForesight(options: ForesightOptions): Foresight {
  return new StagedForesight(options);
}

/** Answers by what user code sees of a message. */
type Answers = Map<string, ProgramResult[]>;

/** One piece of user code, shared by all stages. */
interface Foreseen {
  readonly program: SandboxProgram;
  /** The stage that finds out what it will be asked; none where it cannot be foreseen. */
  readonly scout: number | undefined;
  asked: { readonly message: Message; readonly text: string }[];
  /** By stage: each uses them up for itself. */
  readonly answers: readonly Answers[];
}

class StagedForesight implements Foresight {
  readonly scouts: number;
  readonly #options: ForesightOptions;
  readonly #foreseen = new Map<string, Foreseen>();
  #chars = 0;

  constructor(options: ForesightOptions) {
    this.#options = options;
    this.scouts = Math.min(MOST_SCOUTS, Math.max(0, ...options.depths.values()));
  }

  programsOf(stage: number): (node: string, source: ProgramSource) => OwnedProgram {
    return (node, source) => {
      const foreseen = this.#of(node, source);
      const run: SandboxProgram['run'] =
        stage === this.scouts
          ? (messages, signal) => this.#answer(foreseen, messages, signal)
          : async (messages) => this.#scout(foreseen, stage, messages);
      // It is closed with the run.
      return { run, close: () => undefined };
    };
  }

  async ask(stage: number): Promise<void> {
    this.#chars = 0;
    const found = [...this.#foreseen.values()].filter(({ scout }) => scout === stage);
    await Promise.all(found.map((foreseen) => askAll(foreseen, stage)));
  }

  forget(): void {
    for (const { answers } of this.#foreseen.values()) for (const ofStage of answers) ofStage.clear();
  }

  #of(node: string, source: ProgramSource): Foreseen {
    const key = JSON.stringify([node, source]);
    const known = this.#foreseen.get(key);
    if (known !== undefined) return known;
    const depth = this.#options.depths.get(node);
    const made = {
      program: this.#options.open(node, source),
      scout: depth === undefined || depth > this.scouts ? undefined : depth - 1,
      asked: [],
      answers: Array.from({ length: this.scouts + 1 }, () => new Map()),
    };
    this.#foreseen.set(key, made);
    return made;
  }

  /** Gives nothing for what is not known yet: what comes of it is a matter of the stages after. */
  #scout(foreseen: Foreseen, stage: number, messages: readonly Message[]): ProgramResult[] {
    return messages.map((message) => {
      const text = encodeMessages([message]);
      if (foreseen.scout !== stage) return take(foreseen.answers[stage], text) ?? NOTHING;
      if (this.#chars < MOST_CHARS) foreseen.asked.push({ message, text });
      this.#chars += text.length;
      return NOTHING;
    });
  }

  async #answer(
    { program, answers, scout }: Foreseen,
    messages: readonly Message[],
    signal: AbortSignal,
  ): Promise<readonly ProgramResult[]> {
    const known =
      scout === undefined
        ? []
        : messages.flatMap((message) => take(answers[this.scouts], encodeMessages([message])) ?? []);
    if (known.length === messages.length) return known;
    return program.run(messages, signal);
  }
}

async function askAll(foreseen: Foreseen, stage: number): Promise<void> {
  const { program, asked, answers } = foreseen;
  foreseen.asked = [];
  if (asked.length === 0) return;
  const messages = asked.map(({ message }) => message);
  const results = await program.run(messages, new AbortController().signal);
  for (const [index, { text }] of asked.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    for (const ofStage of answers.slice(stage + 1)) put(ofStage, text, result);
  }
}

function put(answers: Answers, text: string, result: ProgramResult): void {
  const known = answers.get(text);
  if (known === undefined) answers.set(text, [result]);
  else known.push(result);
}

function take(answers: Answers | undefined, text: string): ProgramResult | undefined {
  const known = answers?.get(text);
  const result = known?.shift();
  if (known?.length === 0) answers?.delete(text);
  return result;
}
