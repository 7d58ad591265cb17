import type { ErrorCode } from '../errors.ts';
import { fieldName } from './checkConfig.ts';
import type { Flow } from './flow.ts';
import { FLOW_FORMAT, FLOW_LIMITS, flowSchema } from './flow.ts';

export type ReadFlow =
  | { readonly ok: true; readonly flow: Flow }
  | { readonly ok: false; readonly code: ErrorCode; readonly sentence: string };

/**
 * Reads a flow from outside: the text of a file or a JSON value that came in. Never throws; the sentence says what is
 * wrong, where, and what to do. Size and depth are looked at before anything else.
 */
export function readFlow(input: unknown): ReadFlow {
  if (typeof input === 'string') return readText(input);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse('invalid-flow', 'A flow file is a JSON object with format, id, name, nodes and wires.');
  }
  if (isDeeperThan(input, FLOW_LIMITS.depth)) {
    return refuse(
      'too-large',
      `The flow is nested more than ${FLOW_LIMITS.depth} levels deep, or refers to itself.`,
    );
  }
  return readObject(input);
}

function readText(text: string): ReadFlow {
  if (text.length > FLOW_LIMITS.bytes) {
    const sizes = `${(text.length / 1e6).toFixed(1)} MB, and the limit is ${FLOW_LIMITS.bytes / 1e6} MB`;
    return refuse('too-large', `The flow file has ${sizes}. Split the flow into several.`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'string') return refuse('invalid-flow', 'The file holds one text and not a flow.');
    return readFlow(parsed);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return refuse('invalid-json', `The flow file is not JSON: ${reason}.`);
  }
}

function readObject(input: object): ReadFlow {
  const format: unknown = 'format' in input ? input.format : undefined;
  if (typeof format === 'number' && format > FLOW_FORMAT) {
    const sentence = `The flow is of format ${format}, and this Sluice reads up to ${FLOW_FORMAT}. Update Sluice to open it.`;
    return refuse('future-format', sentence);
  }
  const parsed = flowSchema.safeParse(input);
  if (parsed.success) return { ok: true, flow: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'The flow' : fieldName(issue.path);
  return refuse('invalid-flow', `${where}: ${issue?.message ?? 'does not fit'}.`.replace(/\.\.$/, '.'));
}

function refuse(code: ErrorCode, sentence: string): ReadFlow {
  return { ok: false, code, sentence };
}

/** Walks without recursion, so that an input nested a million deep is refused and not a stack overflow. */
export function isDeeperThan(root: unknown, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'object' && value !== null) next.push(...containersIn(value));
    }
    level = next;
  }
  return false;
}

function* containersIn(value: object): Iterable<unknown> {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) yield inner;
  }
}
