/**
 * The sandbox process (EN13): runs user code in isolates, one for each flow, and owns nothing else. It is started with
 * an empty environment, talks over the pipe at descriptor 3 and ends with it.
 */
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { FailedBody, OpenBody, OpenedBody, UseBody } from './bodies.ts';
import { createFlowUses } from './flowUse.ts';
import type { Frame, FrameKind } from './frames.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import type { FlowIsolate, Opened } from './isolate.ts';
import { createFlowIsolate } from './isolate.ts';
import { readLibraries } from './libraries.ts';
import { ownUse } from './ownUse.ts';

const PIPE = 3;

interface GuestProgram {
  readonly flow: string;
  readonly isolate: FlowIsolate;
  readonly opened: Promise<Opened>;
}

const libraries = readLibraries();
const isolates = new Map<string, FlowIsolate>();
const uses = createFlowUses();
const programs = new Map<number, GuestProgram>();
const pipe = new Socket({ fd: PIPE });

function answer(kind: FrameKind, to: Pick<Frame, 'request' | 'program'>, body: string): void {
  pipe.write(encodeFrame({ kind, request: to.request, program: to.program, body }));
}

/** V8 has lost the isolate, or the host is gone: an isolate may still be running, so an orderly exit would hang. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isolateOf(body: OpenBody): FlowIsolate {
  const found = isolates.get(body.flow);
  if (found !== undefined && !found.isDisposed()) return found;
  if (found !== undefined) uses.ended(body.flow, found.ranMs());
  const created = createFlowIsolate(body.memoryMb, libraries, end);
  isolates.set(body.flow, created);
  return created;
}

async function open(frame: Frame): Promise<void> {
  const body: OpenBody = JSON.parse(frame.body);
  const isolate = isolateOf(body);
  const opened = isolate.open(body.source, body.timeoutMs);
  programs.set(frame.program, { flow: body.flow, isolate, opened });
  const result = await opened;
  const told: OpenedBody = result.ok ? {} : { problem: result.problem };
  answer('opened', frame, JSON.stringify(told));
}

async function run(frame: Frame): Promise<void> {
  const program = programs.get(frame.program);
  const opened = await program?.opened;
  if (opened === undefined) fail(frame, { reason: 'gone', sentence: 'The program is not open.' });
  else if (!opened.ok) fail(frame, { reason: 'error', sentence: opened.problem.sentence });
  else answer('result', frame, await opened.program.run(frame.body));
}

function close(frame: Frame): void {
  const program = programs.get(frame.program);
  if (program === undefined) return;
  programs.delete(frame.program);
  const isLast = ![...programs.values()].some((other) => other.isolate === program.isolate);
  if (isLast) {
    program.isolate.dispose();
    if (isolates.get(program.flow) !== program.isolate) return;
    isolates.delete(program.flow);
    uses.ended(program.flow, program.isolate.ranMs());
    return;
  }
  program.opened.then(
    (opened) => opened.ok && opened.program.close(),
    // A program that never opened has nothing to close; the host was told when it failed.
    () => undefined,
  );
}

function useNow(): UseBody {
  const use = ownUse();
  const told = [...isolates].map(([flow, isolate]) => ({
    flow,
    ranMs: isolate.ranMs(),
    memory: isolate.memory(),
  }));
  return { ...use, flows: uses.take(told, use.cpuMs) };
}

function fail(frame: Frame, body: FailedBody): void {
  answer('failed', frame, JSON.stringify(body));
}

/** isolated-vm tells these cases apart by their sentences only. */
function failureOf(frame: Frame, error: unknown): FailedBody {
  const sentence = error instanceof Error ? error.message : String(error);
  if (sentence.startsWith('Script execution timed out')) return { reason: 'timeout', sentence };
  if (sentence.startsWith('Isolate was disposed during execution')) return { reason: 'memory', sentence };
  const isGone = programs.get(frame.program)?.isolate.isDisposed() ?? true;
  return { reason: isGone ? 'gone' : 'error', sentence };
}

function receive(frame: Frame): void {
  if (frame.kind === 'close') return close(frame);
  if (frame.kind === 'use') return answer('use', frame, JSON.stringify(useNow()));
  const done = frame.kind === 'open' ? open(frame) : run(frame);
  done.catch((error: unknown) => fail(frame, failureOf(frame, error)));
}

/** When memory runs short the kernel ends this process first. Only Linux has this. */
function volunteerForOutOfMemory(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Where /proc is read-only the host's watch on the resident size has to do.
  }
}

volunteerForOutOfMemory();
const read = createFrameReader();
pipe.on('data', (chunk: Buffer) => {
  const frames = read(chunk);
  if (frames === undefined) end();
  else for (const frame of frames) receive(frame);
});
pipe.on('close', end);
pipe.on('error', end);
answer('ready', { request: 0, program: 0 }, '{}');
