import type { Evaluator } from '../node/context.ts';
import type { Json } from './message.ts';
import { compileReader, parsePath } from './path.ts';
import { compileTemplate } from './template.ts';
import { formOf, type Value } from './value.ts';

/**
 * Compiles a setting to a function that allocates nothing for a message. `expression` gives the reader of what an
 * expression came to; expressions themselves run in the sandbox (EN13). Throws a sentence for a path or a template
 * that does not parse.
 */
export function compileValue<T extends Json>(
  value: Value<T>,
  expression: (source: string) => Evaluator<Json>,
): Evaluator<T> {
  return evaluatorOf(value, expression) as Evaluator<T>;
}

function evaluatorOf(value: Value, expression: (source: string) => Evaluator<Json>): Evaluator<Json> {
  const form = formOf(value);
  switch (form.kind) {
    case 'literal':
      return () => form.literal;
    case 'path': {
      const parsed = parsePath(form.path);
      if (!parsed.ok) throw new Error(parsed.sentence);
      return compileReader(parsed.path) as Evaluator<Json>;
    }
    case 'template': {
      const compiled = compileTemplate(form.template);
      if (!compiled.ok) throw new Error(compiled.sentence);
      return compiled.render;
    }
    case 'expression':
      return expression(form.expression);
  }
}
