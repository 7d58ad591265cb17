import type { Json, Message } from '@sluice/shared/message/message.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import { formOf } from '@sluice/shared/message/value.ts';
import type { Evaluator, SandboxProgram } from '@sluice/shared/node/context.ts';
import type { AnyNodeDefinition } from '@sluice/shared/node/defineNode.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import type * as z from 'zod';

/**
 * Sources of the expressions in the settings of a node, each once. A field that holds JSON as it is (widget `json`) is
 * passed over: what looks like an expression there is data.
 */
export function expressionsIn(
  definition: AnyNodeDefinition,
  config: Readonly<Record<string, unknown>>,
): readonly string[] {
  const found = new Set<string>();
  for (const [field, value] of Object.entries(config)) {
    const schema = definition.config.shape[field];
    const widget = schema === undefined ? undefined : metaOf(schema as z.ZodType)?.widget;
    if (widget !== 'json') collect(value, found);
  }
  return [...found];
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const form = formOf(value as Value);
  if (form.kind === 'expression') found.add(form.expression);
  else if (form.kind === 'literal' && form.literal === value) {
    for (const inner of Object.values(value)) collect(inner, found);
  }
}

/** Runs the expressions of one node ahead of its batches and hands out the results (EN13). */
export interface Expressions {
  readonly isEmpty: boolean;
  /**
   * Evaluates all expressions for these messages. Gives the sentence of the first failure for each message that has one.
   * Rejects when the sandbox cannot run them at all.
   */
  evaluate(messages: readonly Message[], signal: AbortSignal): Promise<ReadonlyMap<Message, string>>;
  /** Reads what `evaluate` found. */
  reader(source: string): Evaluator<Json>;
}

interface Evaluated {
  readonly program: SandboxProgram;
  /** By message object: it lives as long as the message does, so nothing has to be taken out. */
  readonly values: WeakMap<Message, { readonly value: Json | undefined }>;
}

export function createExpressions(
  sources: readonly string[],
  programOf: (source: string) => SandboxProgram,
): Expressions {
  const all = new Map<string, Evaluated>(
    sources.map((source) => [source, { program: programOf(source), values: new WeakMap() }]),
  );
  return {
    isEmpty: all.size === 0,
    evaluate: async (messages, signal) => {
      const failures = new Map<Message, string>();
      await Promise.all([...all.values()].map((one) => evaluateOne(one, messages, signal, failures)));
      return failures;
    },
    reader: (source) => readerOf(source, all.get(source)),
  };
}

async function evaluateOne(
  { program, values }: Evaluated,
  messages: readonly Message[],
  signal: AbortSignal,
  failures: Map<Message, string>,
): Promise<void> {
  const results = await program.run(messages, signal);
  for (const [index, message] of messages.entries()) {
    const result = results[index];
    if (result?.ok === true) values.set(message, { value: result.value });
    else failures.set(message, result?.sentence ?? 'The sandbox gave no result for this message.');
  }
}

function readerOf(source: string, evaluated: Evaluated | undefined): Evaluator<Json> {
  return (message) => {
    const found = evaluated?.values.get(message);
    if (found === undefined) {
      throw new Error(
        `The expression “${source}” was not evaluated for this message: only messages that reach a node by an input have its expressions evaluated.`,
      );
    }
    return found.value;
  };
}
