import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Frame } from './frames.ts';
import type { UseBody } from './bodies.ts';
import { readBody, useBody } from './bodies.ts';
import { createFrameReader, encodeFrame } from './frames.ts';

/** A sandbox process, seen from the host. */
export interface GuestProcess {
  readonly isReady: boolean;
  send(frame: Frame): void;
  /** SIGKILL: an isolate that is stuck in a built-in does not react to anything less. No event follows. */
  kill(): void;
  /** Resolves when the system has removed the process. */
  readonly ended: Promise<void>;
  /** Resident size; where the system does not tell, what it said of itself last. */
  residentBytes(): number | undefined;
  /** Processor time since it started, ms, as it said when it was asked last. */
  cpuMs(): number;
  /** What the user code of each flow takes of it, as it said when it was asked last. */
  flows(): UseBody['flows'];
  /** Asks it what it takes. */
  askUse(): void;
}

export interface GuestEvents {
  onReady(): void;
  onFrame(frame: Frame): void;
  /** It ended without being killed from here. `lastWords` is the end of what it printed. */
  onExit(lastWords: string): void;
}

const GUEST = fileURLToPath(new URL('./guest.ts', import.meta.url));
const FLAGS = ['--no-node-snapshot', '--enable-experimental-regexp-engine-on-excessive-backtracks'];
const PIPE = 3;
const LAST_WORDS_CHARS = 1000;

/** Starts the process, with nothing in its environment. */
export function startGuest(events: GuestEvents): GuestProcess {
  const child = spawn(process.execPath, [...FLAGS, GUEST], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const pipe = child.stdio[PIPE] as Duplex;
  const read = createFrameReader();
  let isReady = false;
  let isOver = false;
  let lastWords = '';
  let use: UseBody | undefined;

  const { promise: ended, resolve: markEnded } = Promise.withResolvers<void>();

  const receive = (frame: Frame): void => {
    if (isOver) return;
    if (frame.kind === 'ready') {
      isReady = true;
      events.onReady();
    } else if (frame.kind === 'use') use = readBody(useBody, frame.body) ?? use;
    else events.onFrame(frame);
  };
  const kill = (): void => {
    isOver = true;
    isReady = false;
    child.kill('SIGKILL');
  };
  const end = (words: string): void => {
    markEnded();
    if (isOver) return;
    isOver = true;
    isReady = false;
    events.onExit(words);
  };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_CHARS);
  });
  pipe.on('data', (chunk: Buffer) => {
    const frames = read(chunk);
    if (frames === undefined) child.kill('SIGKILL');
    else for (const frame of frames) receive(frame);
  });
  // A pipe that breaks is followed by the exit, which tells what happened.
  pipe.on('error', () => undefined);
  child.on('error', (error) => end(error.message));
  child.on('close', () => end(lastWords.trim()));

  return {
    get isReady() {
      return isReady;
    },
    send: (frame) => void pipe.write(encodeFrame(frame)),
    kill,
    ended,
    residentBytes() {
      if (child.pid === undefined || isOver) return undefined;
      return readResidentBytes(child.pid) ?? use?.memory;
    },
    cpuMs: () => use?.cpuMs ?? 0,
    flows: () => use?.flows ?? {},
    askUse() {
      if (isReady) pipe.write(encodeFrame({ kind: 'use', request: 0, program: 0, body: '' }));
    },
  };
}

function readResidentBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    // The process has ended between two looks.
    return undefined;
  }
}
