import type * as z from 'zod';
import type { NodeDefinition } from './defineNode.ts';

/** What the schema of a node cannot say about its form. */
export interface NodeForm<Config extends z.ZodObject = z.ZodObject> {
  /** Fields in the order shown; those that are not named come last, in the order of the schema. */
  readonly order?: readonly (keyof z.output<Config> & string)[];
  /** Fields that most people never need, folded away. */
  readonly advanced?: readonly (keyof z.output<Config> & string)[];
  /** A field is shown only while its test holds. */
  readonly showWhen?: {
    readonly [Field in keyof z.output<Config> & string]?: (config: z.output<Config>) => boolean;
  };
  /** The one line that the canvas shows: `above −15 °C for 10 min`. */
  readonly sentence: (config: z.output<Config>) => string;
}

/** Declares the form of a node type; the definition is there for its types only. */
export function defineForm<Config extends z.ZodObject, In extends string, Out extends string>(
  _definition: NodeDefinition<Config, In, Out>,
  form: NodeForm<Config>,
): NodeForm<Config> {
  return form;
}

/** A form whose exact types do not matter, as the catalog holds them. */
export interface AnyNodeForm {
  readonly order?: readonly string[];
  readonly advanced?: readonly string[];
  readonly showWhen?: {
    readonly [field: string]: { bivariant(config: never): boolean }['bivariant'] | undefined;
  };
  readonly sentence: { bivariant(config: never): string }['bivariant'];
}

/** A message as examples write it: what is left out is not compared. */
export interface ExampleMessage {
  readonly topic?: string;
  readonly device?: string;
  readonly payload?: unknown;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds from the start of the example; the fake clock is moved there first. */
  readonly at?: number;
  /** Event time where it is not the time of arrival: milliseconds from the start of the example. */
  readonly time?: number;
  /** The input port (the only one, by default) or, for what comes out, the output port. */
  readonly port?: string;
}

/** Shown in the help, insertable in the editor, and run as a test. */
export interface NodeExample<Config extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly config: z.input<Config>;
  /** What goes in, in order. Timers that are due are run when the clock moves on. */
  readonly in: readonly ExampleMessage[];
  /** What comes out, in order. */
  readonly out: readonly ExampleMessage[];
  /** Milliseconds from the start at which the example ends; the last input by default. */
  readonly until?: number;
}

/** Declares examples of a node type; the definition is there for its types only. */
export function defineExamples<Config extends z.ZodObject, In extends string, Out extends string>(
  _definition: NodeDefinition<Config, In, Out>,
  examples: readonly NodeExample<Config>[],
): readonly NodeExample<Config>[] {
  return examples;
}
