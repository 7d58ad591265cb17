import { RE2JS } from 're2js';
import type { Json, Message, Payload } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { isNumber, notANumber, whatIsFound } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import type { Evaluator, NodeContext } from '@sluice/shared/node/context.ts';
import type { Rule } from './schema.ts';

/** Whether a rule holds for a message. Throws a sentence when the field or what it is compared with does not fit. */
export type Test = (message: Message) => boolean;

/** How many patterns that come out of messages are kept compiled for a rule. */
const PATTERNS_KEPT = 100;

type Compare = (found: Payload | undefined, to: Payload | undefined, upper: Payload | undefined) => boolean;

/** Compiles a rule. Throws a sentence when its pattern cannot be compiled. */
export function compileRule(rule: Rule, context: NodeContext): Test {
  const read = readerOf(rule.value);
  const compare = comparison(rule);
  const [to, upper] = [rule.to, rule.upper].map((value) => evaluatorOf(value, context));
  if (typeof rule.to === 'string' && rule.operator === 'matches') compare('', rule.to, undefined);
  return (message) => compare(read(message), to?.(message), upper?.(message));
}

function evaluatorOf(value: Value | undefined, context: NodeContext): Evaluator<Json> | undefined {
  return value === undefined ? undefined : context.evaluator(value);
}

function comparison({ value, operator }: Rule): Compare {
  switch (operator) {
    case '==':
      return (found, to) => isSame(found, to);
    case '!=':
      return (found, to) => !isSame(found, to);
    case '<':
      return (found, to) => asNumber(value, found) < asNumber('The comparison', to);
    case '<=':
      return (found, to) => asNumber(value, found) <= asNumber('The comparison', to);
    case '>':
      return (found, to) => asNumber(value, found) > asNumber('The comparison', to);
    case '>=':
      return (found, to) => asNumber(value, found) >= asNumber('The comparison', to);
    case 'between':
      return (found, to, upper) => {
        const number = asNumber(value, found);
        return number >= asNumber('The lower end', to) && number <= asNumber('The upper end', upper);
      };
    case 'contains':
      return (found, to) => contains(value, found, to);
    case 'matches':
      return matching(value);
    case 'true':
      return (found) => asBoolean(value, found);
    case 'false':
      return (found) => !asBoolean(value, found);
    case 'empty':
      return isEmpty;
    case 'exists':
      return (found) => found !== undefined;
    case 'type':
      return (found, to) => kindOf(found) === to;
  }
}

function asNumber(field: string, found: Payload | undefined): number {
  if (!isNumber(found)) throw new TypeError(notANumber(field, found));
  return found;
}

function asBoolean(field: string, found: Payload | undefined): boolean {
  if (typeof found === 'boolean') return found;
  throw new TypeError(`${field} ${whatIsFound(found)}. This rule needs true or false.`);
}

function asText(field: string, found: Payload | undefined): string {
  if (typeof found === 'string') return found;
  throw new TypeError(`${field} ${whatIsFound(found)}. A text is needed.`);
}

function contains(field: string, found: Payload | undefined, to: Payload | undefined): boolean {
  if (typeof found === 'string') return found.includes(asText('What is looked for', to));
  if (Array.isArray(found)) return found.some((item: Payload) => isSame(item, to));
  throw new TypeError(`${field} ${whatIsFound(found)}. Only a text or a list can contain something.`);
}

function matching(field: string): Compare {
  const compiled = new Map<string, RE2JS>();
  return (found, to) => {
    const source = asText('The pattern', to);
    let pattern = compiled.get(source);
    if (pattern === undefined) {
      if (compiled.size >= PATTERNS_KEPT) compiled.clear();
      pattern = compilePattern(source);
      compiled.set(source, pattern);
    }
    return pattern.matcher(asText(field, found)).find();
  };
}

function compilePattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw new Error(
      `The pattern “${source}” cannot be read. ${error instanceof Error ? error.message : ''}`,
      {
        cause: error,
      },
    );
  }
}

function isEmpty(found: Payload | undefined): boolean {
  if (found === undefined || found === null || found === '') return true;
  if (Array.isArray(found) || found instanceof Uint8Array) return found.length === 0;
  return isJsonObject(found) && Object.keys(found).length === 0;
}

function kindOf(found: Payload | undefined): string {
  if (found === undefined) return 'missing';
  if (found === null) return 'null';
  if (typeof found === 'string') return 'text';
  if (found instanceof Uint8Array) return 'bytes';
  if (Array.isArray(found)) return 'list';
  return typeof found;
}

/** Whether two values are the same, of the same kind, lists and objects by their contents. */
function isSame(one: Payload | undefined, other: Payload | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return (
      one.length === other.length &&
      one.every((item: Payload, index) => isSame(item, other[index] as Payload))
    );
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}
