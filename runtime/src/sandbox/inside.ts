/**
 * What runs inside an isolate. Each function goes in as its own text (`toString`), so it stands alone: it uses nothing
 * of this module or of Node, and keeps the built-ins that it needs before user code can replace them.
 */

/** User code, ready to run: a message in, anything out. */
type Run = (message: unknown) => unknown;

export interface HarnessLimits {
  /** Longest result of one message, in characters of JSON. */
  readonly resultChars: number;
  /** Deepest nesting of a result: the host handles results with recursive code. */
  readonly resultDepth: number;
  readonly logLines: number;
  readonly logChars: number;
}

/**
 * Prepares a context and gives back what wraps user code: the wrapped code takes a batch as JSON text and gives one
 * `RawOutcome` for each message as JSON text. Errors are caught here and leave as text.
 */
export function harness(limits: HarnessLimits): (run: Run) => (batch: string) => string {
  const { parse, stringify } = JSON;
  const text = String;
  const arrayFrom = Array.from;
  // Bound, so that it does what it does now whatever becomes of String.prototype.
  const slice: (whole: string, from: number, to: number) => string = Function.prototype.call.bind(
    String.prototype.slice,
  );
  let logs = '';
  let logCount = 0;

  function cut(value: unknown, length: number): string {
    const whole = text(value);
    return whole.length > length ? `${slice(whole, 0, length)}…` : whole;
  }

  function log(...values: unknown[]): void {
    if (logCount >= limits.logLines) return;
    logCount += 1;
    let line = '';
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      line += (at === 0 ? '' : ' ') + (typeof value === 'object' ? stringify(value) : text(value));
    }
    logs += (logs === '' ? '' : ',') + stringify(cut(line, limits.logChars));
  }

  function isTooDeep(json: string): boolean {
    let depth = 0;
    let isText = false;
    for (let at = 0; at < json.length; at += 1) {
      const char = json[at];
      if (isText) {
        if (char === '\\') at += 1;
        else if (char === '"') isText = false;
      } else if (char === '"') isText = true;
      else if (char === '{' || char === '[') {
        depth += 1;
        if (depth > limits.resultDepth) return true;
      } else if (char === '}' || char === ']') depth -= 1;
    }
    return false;
  }

  function failure(reason: string, sentence: string, stack: string): string {
    return `{"ok":false,"reason":"${reason}","sentence":${stringify(sentence)},"stack":${stringify(stack)},"logs":[${logs}]}`;
  }

  function thrown(error: unknown): string {
    try {
      if (typeof error !== 'object' || error === null)
        return failure('error', `The code threw ${cut(error, 200)}.`, '');
      const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown };
      const title = typeof name === 'string' && name !== 'Error' ? `${cut(name, 100)}: ` : '';
      const what = typeof message === 'string' ? message : 'an object that is not an Error was thrown';
      return failure('error', title + cut(what, 500), typeof stack === 'string' ? cut(stack, 2000) : '');
    } catch {
      return failure('error', 'The code threw an error that cannot be read.', '');
    }
  }

  function one(run: Run, message: unknown): string {
    logs = '';
    logCount = 0;
    try {
      const value = run(message);
      if (
        typeof value === 'object' &&
        value !== null &&
        typeof (value as { then?: unknown }).then === 'function'
      )
        return failure(
          'error',
          'The code gave back a promise. Code here cannot wait: give back the message itself, without async or await.',
          '',
        );
      const json = stringify(value);
      if (json === undefined) return `{"ok":true,"logs":[${logs}]}`;
      if (json.length > limits.resultChars)
        return failure(
          'too-large',
          `The result has ${json.length} characters; at most ${limits.resultChars} are taken.`,
          '',
        );
      if (json.length > limits.resultDepth && isTooDeep(json))
        return failure('too-large', `The result is nested more than ${limits.resultDepth} levels deep.`, '');
      return `{"ok":true,"value":${json},"logs":[${logs}]}`;
    } catch (error) {
      return thrown(error);
    }
  }

  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics'])
    Reflect.deleteProperty(globalThis, name);
  Object.assign(globalThis, { log, console: { log, debug: log, info: log, warn: log, error: log } });
  // Bytes in a result become a list of numbers, as bytes that come in are one.
  const typedArrays: object = Object.getPrototypeOf(Uint8Array.prototype);
  Object.defineProperty(typedArrays, 'toJSON', {
    value(this: ArrayLike<number>) {
      return arrayFrom(this);
    },
  });

  return (run) => (batch) => {
    const messages: unknown[] = parse(batch);
    let answer = '';
    for (let at = 0; at < messages.length; at += 1) answer += (at === 0 ? '[' : ',') + one(run, messages[at]);
    return `${answer}]`;
  };
}

/** The parts of JSONata that are used, once its source is made synchronous (`libraries.ts`). */
interface Jsonata {
  (
    source: string,
    options: { stack: number; sequence: number; RegexEngine: unknown },
  ): { evaluate(input: unknown): unknown };
}
/** The part of RE2JS that is used. */
interface Re2 {
  compile(pattern: string, flags: number): { matcher(text: string): Re2Matcher };
  translateRegExp(pattern: string): string;
  CASE_INSENSITIVE: number;
  MULTILINE: number;
}
interface Re2Matcher {
  find(from: number): boolean;
  start(): number;
  groupCount(): number;
  group(index: number): string | null;
}

/** Compiles an expression. Throws a SyntaxError whose message ends in `[code.js:line:column]`. */
export function expression(jsonata: Jsonata, re2: Re2, source: string): Run {
  type Pattern = ReturnType<Re2['compile']>;
  // JSONata makes a new engine for each evaluation; compiling is a thousand times slower than matching.
  const patterns = new Map<string, Pattern>();

  function patternOf(regex: RegExp): Pattern {
    const key = regex.flags + regex.source;
    const flags = (regex.ignoreCase ? re2.CASE_INSENSITIVE : 0) | (regex.multiline ? re2.MULTILINE : 0);
    const pattern = patterns.get(key) ?? re2.compile(re2.translateRegExp(regex.source), flags);
    // Only $eval can bring more patterns than the expression itself has.
    if (patterns.size < 100) patterns.set(key, pattern);
    return pattern;
  }

  /** What JSONata needs of a RegExp, matched in linear time. */
  class LinearRegex {
    lastIndex = 0;
    readonly pattern: Pattern;

    constructor(regex: RegExp) {
      this.pattern = patternOf(regex);
    }

    exec(text: string): ((string | undefined)[] & { index: number }) | null {
      const matcher = this.pattern.matcher(text);
      if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
        this.lastIndex = 0;
        return null;
      }
      const groups: (string | undefined)[] = [];
      for (let at = 0; at <= matcher.groupCount(); at += 1) groups.push(matcher.group(at) ?? undefined);
      const index = matcher.start();
      this.lastIndex = index + (groups[0] ?? '').length;
      return Object.assign(groups, { index });
    }
  }

  /** JSONata throws plain objects with a position counted in characters. */
  function located(error: unknown, Kind: ErrorConstructor): unknown {
    if (typeof error !== 'object' || error === null || error instanceof Error) return error;
    const { message, position } = error as { message?: unknown; position?: unknown };
    const said = typeof message === 'string' ? message : 'The expression cannot be evaluated.';
    if (typeof position !== 'number') return new Kind(said);
    const before = source.slice(0, position).split('\n');
    const place = `code.js:${before.length}:${Math.max(1, (before.at(-1) ?? '').length)}`;
    return Object.assign(new Kind(`${said} [${place}]`), { stack: place });
  }

  try {
    const compiled = jsonata(source, { stack: 500, sequence: 100_000, RegexEngine: LinearRegex });
    return (message) => {
      try {
        return compiled.evaluate(message);
      } catch (error) {
        throw located(error, Error);
      }
    };
  } catch (error) {
    throw located(error, SyntaxError);
  }
}

interface MustacheContext {
  lookup(name: string): unknown;
}
interface Mustache {
  Writer: new () => {
    parse(source: string): unknown;
    render(source: string, view: unknown): string;
  };
}

/** Compiles a template. Nothing is escaped for HTML; objects and lists are shown as JSON. Throws as `expression` does. */
export function template(mustache: Mustache, source: string): Run {
  const shown = (token: readonly [string, string], context: MustacheContext): string | undefined => {
    const value = context.lookup(token[1]);
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const writer = Object.assign(new mustache.Writer(), { escapedValue: shown, unescapedValue: shown });
  try {
    writer.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = / at (\d+)$/.exec(message);
    if (position === null) throw error;
    const before = source.slice(0, Number(position[1])).split('\n');
    const place = `code.js:${before.length}:${(before.at(-1) ?? '').length + 1}`;
    throw new SyntaxError(`${message.slice(0, position.index)} [${place}]`);
  }
  return (message) => writer.render(source, message);
}
