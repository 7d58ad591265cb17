import type * as z from 'zod';
import { isTransient } from '../errors.ts';
import type { Json, Message } from '../message/message.ts';
import type { DueTimer, NodeContext, Stop } from './context.ts';
import type { NodeDefinition } from './defineNode.ts';

/** Sends messages on. Everything emitted while a batch is handled goes on with that batch. */
export interface Emit<Out extends string> {
  (port: Out, message: Message): void;
  /** A whole array, in order; cheaper where all go the same way. The array is not copied: do not change it after. */
  all(port: Out, messages: readonly Message[]): void;
  /** This message failed, and this one alone (EN7). The sentence says which field, what is wrong and what to do. */
  error(message: Message, sentence: string): void;
}

/** A `step` or `catch` node at work. */
export interface Step<In extends string, Out extends string> {
  /** All messages of a port in this batch, in order. A throw fails all of them. */
  receive(messages: readonly Message[], emit: Emit<Out>, port: In): void;
  /** Timers of this node that ran out, in due order (EN10). */
  timersDue?(due: readonly DueTimer[], emit: Emit<Out>): void;
  close?(): void;
}

/** What a waiting node says of the messages of one call. */
export interface WaiterEmit<Out extends string> extends Emit<Out> {
  /**
   * The target cannot take this message now: away, busy, or at fault itself. Where the node has an outbox the message is
   * tried again (EN8), else it fails. `reportFailure` chooses between this and `error` by what was thrown.
   */
  later(message: Message, sentence: string): void;
}

/** A `waiting` node at work. */
export interface Waiter<Out extends string> {
  /**
   * Up to `batch` messages. A rejection is for all of them: to be tried again where `isTransient` says so, failed else;
   * `emit.error` and `emit.later` are for one.
   */
  handle(messages: readonly Message[], emit: WaiterEmit<Out>, signal: AbortSignal): Promise<void>;
  close?(): void;
}

/** Says of one message of a call that it failed, for good or for now. */
export function reportFailure(emit: WaiterEmit<never>, message: Message, error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  if (isTransient(error)) emit.later(message, sentence);
  else emit.error(message, sentence);
}

/** Where a source hands in what has arrived. */
export interface Intake<Out extends string> {
  /**
   * Takes one message. `settled` is called once, after everything that came of it is accepted and committed (EN6).
   * Answers false when the flow has as much under way as it may (EN5): the message is taken all the same, but the
   * source has to stop until `onRoom` calls.
   */
  push(port: Out, message: Message, settled?: (outcome: Settled) => void): boolean;
  /** The same for messages that came together; `settled` is called once for all of them. */
  pushAll(port: Out, messages: readonly Message[], settled?: (outcome: Settled) => void): boolean;
  /**
   * Takes something that arrived and cannot be passed on, such as a payload that is not JSON where JSON is asked for.
   * It goes where the errors of any node go (EN7), and settles and answers like `push`.
   */
  fail(message: Message, sentence: string, settled?: (outcome: Settled) => void): boolean;
  /** Called when there is room again after `push` answered false. */
  onRoom(listener: () => void): Stop;
  /** Says how to ask the source how many messages wait until the flow takes them. Not every intake wants to know. */
  tellsLag?(waiting: () => number): void;
}
/** `refused`: the flow was stopped before the message was through; the source must not acknowledge it. */
export type Settled = 'done' | 'refused';

/** A `source` node at work. */
export interface Source<Out extends string> {
  start(intake: Intake<Out>): Promise<Stop>;
  /** For sources a person can press (`inject`): the message that the button sends. */
  pressed?(): Message;
}

export type Running<In extends string, Out extends string> = Step<In, Out> | Waiter<Out> | Source<Out>;

/** What the runner needs to run a node type. Which of the three it makes is said by the definition's `kind`. */
export interface NodeImplementation<Made = Running<string, string>> {
  readonly type: string;
  create(config: never, context: NodeContext): Made;
}

type StateOf<State extends Json> = NodeContext<State>;

/** Binds the work of a `step` or `catch` node to its definition; ports and settings are checked by their types. */
export function implementStep<
  Config extends z.ZodObject,
  In extends string,
  Out extends string,
  State extends Json = Json,
>(
  definition: NodeDefinition<Config, In, Out>,
  create: (config: z.output<Config>, context: StateOf<State>) => Step<In, Out>,
): NodeImplementation<Step<string, string>> {
  return { type: definition.type, create };
}

/** Binds the work of a `waiting` node to its definition. */
export function implementWaiter<Config extends z.ZodObject, In extends string, Out extends string>(
  definition: NodeDefinition<Config, In, Out>,
  create: (config: z.output<Config>, context: NodeContext) => Waiter<Out>,
): NodeImplementation<Waiter<string>> {
  return { type: definition.type, create };
}

/** Binds the work of a `source` node to its definition. */
export function implementSource<
  Config extends z.ZodObject,
  In extends string,
  Out extends string,
  State extends Json = Json,
>(
  definition: NodeDefinition<Config, In, Out>,
  create: (config: z.output<Config>, context: StateOf<State>) => Source<Out>,
): NodeImplementation<Source<string>> {
  return { type: definition.type, create };
}
