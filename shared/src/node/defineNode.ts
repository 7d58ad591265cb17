import type * as z from 'zod';

export const CATEGORIES = ['inputs', 'logic', 'time', 'transform', 'actions', 'flow'] as const;
export type Category = (typeof CATEGORIES)[number];

export const CATEGORY_TITLES: Record<Category, string> = {
  inputs: 'Inputs',
  logic: 'Logic',
  time: 'Time',
  transform: 'Transform',
  actions: 'Actions',
  flow: 'Flow',
};

export interface PortDefinition<Name extends string = string> {
  readonly name: Name;
  readonly title: string;
  readonly description: string;
}

/**
 * How a node runs.
 * - `source`: brings messages in from outside.
 * - `step`: works on a whole batch at once, without waiting.
 * - `waiting`: waits for something outside, so it ends a segment (EN3). Sinks are waiting nodes.
 * - `catch`: gets the messages on which other nodes of the flow failed (EN7).
 * - `note`: does not run.
 */
export type NodeKind = 'source' | 'step' | 'waiting' | 'catch' | 'note';

/** What a waiting node asks of the engine (EN3). */
export interface WaitPolicy {
  /** How many calls may be under way at once. */
  readonly concurrency: number;
  /** How many messages one call takes at most. */
  readonly batch: number;
  /** A call that takes longer is aborted, and its messages fail. */
  readonly timeoutMs: number;
  /** How many messages may wait before what is upstream has to (EN5). */
  readonly queue: number;
  /** For sinks: what cannot be delivered now waits on disk and is tried again (EN8). Without it a failure is final. */
  readonly outbox?: OutboxPolicy;
}

/** How messages wait on disk while a target is away (EN8). */
export interface OutboxPolicy {
  /** A message that waited for longer goes to the dead letters. */
  readonly keepMs: number;
  readonly maxBytes: number;
  /** What happens when there are `maxBytes`: the source has to wait, or the oldest give way and are counted. */
  readonly whenFull: 'stop' | 'drop-oldest';
  /** How many of those that waited go out in a second at most. */
  readonly perSecond: number;
}

/** What a node keeps by key (EN9). */
interface StateDefinition {
  /** State is handed to the next version of a flow only when this is the same. */
  readonly version: number;
  /** Beyond so many keys the one that was set the longest ago is forgotten. */
  readonly maxKeys: number;
  /** A key that is neither set nor read for so long, and has no timer running, is forgotten; 30 days where left out. */
  readonly keepMs?: number;
}

/** A problem of a setting, found without running: a sentence for a person, and the field that it is about. */
export interface ConfigProblem {
  readonly field: string;
  readonly sentence: string;
  readonly severity?: 'error' | 'warning';
}

export interface NodeDefinition<
  Config extends z.ZodObject = z.ZodObject,
  In extends string = string,
  Out extends string = string,
> {
  /** The name in flow files and of the folder. */
  readonly type: string;
  /** Grows when the settings change in a way that needs a migration. */
  readonly version: number;
  readonly kind: NodeKind;
  readonly category: Category;
  readonly title: string;
  /** One line for the palette. */
  readonly summary: string;
  /** The name of a lucide icon, in kebab case. */
  readonly icon: string;
  readonly inputs: readonly PortDefinition<In>[];
  /** How many of the inputs, from the first, are in use with these settings; all of them where it is left out. */
  readonly inputsUsed?: (config: z.output<Config>) => number;
  /** A function where the ports depend on the settings (a `switch` has one for each rule). */
  readonly outputs:
    | readonly PortDefinition<Out>[]
    | ((config: z.output<Config>) => readonly PortDefinition<Out>[]);
  readonly config: Config;
  readonly state?: StateDefinition;
  /** For `waiting`: fixed, or read from the settings. */
  readonly waits?: WaitPolicy | ((config: z.output<Config>) => WaitPolicy);
  /** A loop is allowed through a node that holds messages back for a time. */
  readonly breaksLoop?: boolean;
  /** Other words that the palette's search finds this node by. */
  readonly keywords?: readonly string[];
  /** Checks that one field alone cannot do. */
  readonly problems?: (config: z.output<Config>) => readonly ConfigProblem[];
}

/** Declares a node type. Pure, so that the editor, the compiler and the help all read the same. */
export function defineNode<
  const Config extends z.ZodObject,
  const In extends string,
  const Out extends string,
>(definition: NodeDefinition<Config, In, Out>): NodeDefinition<Config, In, Out> {
  return definition;
}

/**
 * A definition whose exact types do not matter, as the catalog holds them. The functions are methods here, so
 * that every definition fits.
 */
export interface AnyNodeDefinition
  extends Omit<NodeDefinition, 'inputsUsed' | 'outputs' | 'waits' | 'problems'> {
  readonly inputsUsed?: { bivariant(config: never): number }['bivariant'];
  readonly outputs:
    | readonly PortDefinition[]
    | { bivariant(config: never): readonly PortDefinition[] }['bivariant'];
  readonly waits?: WaitPolicy | { bivariant(config: never): WaitPolicy }['bivariant'];
  readonly problems?: { bivariant(config: never): readonly ConfigProblem[] }['bivariant'];
}

/** The port by which a message leaves on which the node failed (EN7). Every node that runs on messages has it. */
export const ERROR_PORT: PortDefinition<'error'> = {
  name: 'error',
  title: 'Error',
  description: 'Messages that this node could not handle, with the reason in headers.error.',
};

/** The inputs of a node that are in use with these (parsed) settings: what the canvas shows. */
export function inputsOf(definition: AnyNodeDefinition, config: unknown): readonly PortDefinition[] {
  return definition.inputs.slice(0, definition.inputsUsed?.(config as never));
}

/** The outputs of a node with these (parsed) settings, the error port last. */
export function outputsOf(definition: AnyNodeDefinition, config: unknown): readonly PortDefinition[] {
  const own =
    typeof definition.outputs === 'function' ? definition.outputs(config as never) : definition.outputs;
  return definition.kind === 'note' || definition.kind === 'catch' ? own : [...own, ERROR_PORT];
}

/** The wait policy of a waiting node with these (parsed) settings. */
export function waitPolicyOf(definition: AnyNodeDefinition, config: unknown): WaitPolicy | undefined {
  return typeof definition.waits === 'function' ? definition.waits(config as never) : definition.waits;
}
