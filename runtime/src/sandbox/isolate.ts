import type { ProgramSource } from '@sluice/shared/node/context.ts';
import ivm from 'isolated-vm';
import type { HarnessLimits } from './inside.ts';
import { expression, harness, template } from './inside.ts';
import type { Libraries } from './libraries.ts';
import type { SourceProblem } from './sandbox.ts';

/** User code inside an isolate: a batch as JSON text in, its outcomes as JSON text out. */
interface IsolateProgram {
  run(batch: string): Promise<string>;
  close(): void;
}
export type Opened =
  | { readonly ok: true; readonly program: IsolateProgram }
  | { readonly ok: false; readonly problem: SourceProblem };

/** The isolate of one flow. */
export interface FlowIsolate {
  /** Rejects when the isolate itself fails; what is wrong with the source comes back as a problem. */
  open(source: ProgramSource, timeoutMs: number): Promise<Opened>;
  isDisposed(): boolean;
  /** How long its code has run, ms; once it is disposed, as of the last call that came back. */
  ranMs(): number;
  /** Bytes of its heap, as of some moment before; none once it is disposed. Asking has it look again. */
  memory(): number;
  dispose(): void;
}

const LIMITS: HarnessLimits = { resultChars: 1_000_000, resultDepth: 100, logLines: 20, logChars: 500 };
/** The file that user code claims to be, found again in the stacks of its errors. */
const FILE = 'code.js';
const SETUP_TIMEOUT_MS = 5000;
const NS_IN_MS = 1_000_000;

/** A context whose built-ins are safe already, and what wraps user code in it. */
interface SafeContext {
  readonly context: ivm.Context;
  readonly wrap: ivm.Reference;
}

export function createFlowIsolate(
  memoryMb: number,
  libraries: Libraries,
  onCatastrophe: (sentence: string) => void,
): FlowIsolate {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb, onCatastrophicError: onCatastrophe });
  // Expressions and templates cannot touch globals, so those of a flow share one context and one copy of the libraries.
  let shared: Promise<SafeContext> | undefined;
  const sharedContext = (): Promise<SafeContext> => (shared ??= createSafeContext(isolate));
  const loaded = new Map<keyof Libraries, Promise<ivm.Reference>>();
  const library = async (name: keyof Libraries): Promise<ivm.Dereference<unknown>> => {
    const found = loaded.get(name) ?? evaluate(isolate, (await sharedContext()).context, libraries[name]);
    loaded.set(name, found);
    return (await found).derefInto();
  };
  const compileInside = async (
    inside: typeof expression | typeof template,
    parts: readonly unknown[],
  ): Promise<ivm.Reference> => {
    const { context } = await sharedContext();
    return await call(await evaluate(isolate, context, `(${inside.toString()})`), parts);
  };

  async function open(source: ProgramSource, timeoutMs: number): Promise<IsolateProgram> {
    switch (source.kind) {
      case 'function': {
        const own = await createSafeContext(isolate);
        const run = await compileFunction(isolate, own.context, source.code);
        return programOf(await call(own.wrap, [run.derefInto()]), timeoutMs, own.context);
      }
      case 'expression': {
        const run = await compileInside(expression, [
          await library('jsonata'),
          await library('re2'),
          source.source,
        ]);
        return programOf(await call((await sharedContext()).wrap, [run.derefInto()]), timeoutMs, undefined);
      }
      case 'template': {
        const run = await compileInside(template, [await library('mustache'), source.source]);
        return programOf(await call((await sharedContext()).wrap, [run.derefInto()]), timeoutMs, undefined);
      }
    }
  }

  const meter = createMeter(isolate);
  return {
    ranMs: meter.ranMs,
    memory: meter.memory,
    async open(source, timeoutMs) {
      try {
        const program = await open(source, timeoutMs);
        return { ok: true, program: { ...program, run: (batch) => program.run(batch).finally(meter.ranMs) } };
      } catch (error) {
        if (isolate.isDisposed || !(error instanceof SyntaxError)) throw error;
        return { ok: false, problem: problemOf(error.message, source) };
      }
    },
    isDisposed: () => isolate.isDisposed,
    dispose() {
      meter.ranMs();
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

/** What an isolate takes. Its heap can be looked at only between two calls, so that is asked for and known later. */
function createMeter(isolate: ivm.Isolate): Pick<FlowIsolate, 'ranMs' | 'memory'> {
  let [ranMs, memory, isLooking] = [0, 0, false];
  async function look(): Promise<void> {
    isLooking = true;
    try {
      const heap = await isolate.getHeapStatistics();
      memory = heap.total_heap_size + heap.externally_allocated_size;
    } catch {
      // Disposed meanwhile: it has no heap any more.
    } finally {
      isLooking = false;
    }
  }
  return {
    ranMs() {
      if (!isolate.isDisposed) ranMs = Number(isolate.cpuTime) / NS_IN_MS;
      return ranMs;
    },
    memory() {
      if (isolate.isDisposed) return 0;
      if (!isLooking) void look();
      return memory;
    },
  };
}

async function createSafeContext(isolate: ivm.Isolate): Promise<SafeContext> {
  const context = await isolate.createContext();
  const wrap = await evaluate(isolate, context, `(${harness.toString()})(${JSON.stringify(LIMITS)})`);
  return { context, wrap };
}

function programOf(run: ivm.Reference, timeoutMs: number, own: ivm.Context | undefined): IsolateProgram {
  return {
    async run(batch) {
      const answer: unknown = await run.apply(undefined, [batch], { timeout: timeoutMs });
      if (typeof answer !== 'string') throw new Error('The isolate gave no text back.');
      return answer;
    },
    close() {
      run.release();
      own?.release();
    },
  };
}

async function evaluate(isolate: ivm.Isolate, context: ivm.Context, script: string): Promise<ivm.Reference> {
  const compiled = await isolate.compileScript(script);
  return await compiled.run(context, { reference: true, timeout: SETUP_TIMEOUT_MS });
}

async function call(reference: ivm.Reference, values: readonly unknown[]): Promise<ivm.Reference> {
  return await reference.apply(undefined, [...values], {
    result: { reference: true },
    timeout: SETUP_TIMEOUT_MS,
  });
}

/**
 * User code becomes the body of a strict function. Compiled twice: once as it will run, so that errors carry a line, and
 * once by the Function constructor, which refuses a body that closes the function and goes on outside of it.
 */
async function compileFunction(
  isolate: ivm.Isolate,
  context: ivm.Context,
  code: string,
): Promise<ivm.Reference> {
  const script = await isolate.compileScript(`(function (message) { 'use strict';\n${code}\n})`, {
    filename: FILE,
    lineOffset: -1,
  });
  const body = JSON.stringify(code);
  await evaluate(isolate, context, `new Function('message', ${body})`);
  return await script.run(context, { reference: true, timeout: SETUP_TIMEOUT_MS });
}

/** isolated-vm and the functions of `inside.ts` end the message of a SyntaxError with `[file:line:column]`. */
function problemOf(message: string, source: ProgramSource): SourceProblem {
  const found = / \[[^[\]]*:(\d+):(\d+)\]$/.exec(message);
  if (found === null) return { sentence: message };
  const lines = (source.kind === 'function' ? source.code : source.source).split('\n');
  const [line, column] = [Number(found[1]), Number(found[2])];
  if (line <= lines.length) return { sentence: message.slice(0, found.index), line, column };
  return {
    sentence: 'The code ends too early: a bracket, quote or comment that was opened is not closed.',
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
  };
}
