import type { RunnerTime } from '../runner/time.ts';

/** One option of a command, as the help shows it and `parseArgs` reads it. */
interface Option {
  readonly type: 'string' | 'boolean';
  readonly summary: string;
  /** What stands for the value in the help: `--port NUMBER`. */
  readonly value?: string;
}

/** What a command may be called with, and what its help says. Pure data. */
export interface CommandSpec<Name extends string = string> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands after the name in the usage line: `FLOW.json [options]`. */
  readonly usage: string;
  /** More about it, a line each. */
  readonly about: readonly string[];
  readonly options: Readonly<Record<Name, Option>>;
  /** How many files it takes, and what they are called. */
  readonly files: { readonly least: number; readonly most: number; readonly title: string };
}

/** What a command was called with, checked against its spec. */
export interface Arguments<Name extends string = string> {
  readonly files: readonly string[];
  readonly values: Readonly<Partial<Record<Name, string | boolean>>>;
}

/** The terminal, and the person in front of it. */
export interface Terminal {
  /** Writes one line to standard output: results, for programs too. */
  out(line: string): void;
  /** Writes one line to standard error: what a person should know. */
  say(line: string): void;
  /** Aborted when the command is asked to end (Ctrl-C, SIGTERM): drain and return. */
  readonly asked: AbortSignal;
  readonly time: RunnerTime;
  /** Asks the person for something that is not shown while it is typed. Not there where nobody can type. */
  readSecret?(question: string): Promise<string | undefined>;
}

/** What the shell is told in the end. */
export const EXIT = { ok: 0, failed: 1, wrongArgument: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the person typed does not fit; the command ends with exit code 2 and this one line. */
export class WrongArgument extends Error {}
