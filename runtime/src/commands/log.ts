import { pino } from 'pino';
import type { Terminal } from './command.ts';

/** One thing that happened, for the person who runs Sluice. */
export type Log = (level: 'note' | 'warning' | 'error', sentence: string) => void;

/** Lines for a person. */
export function plainLog(terminal: Terminal): Log {
  return (level, sentence) => terminal.say(level === 'note' ? sentence : `${level}: ${sentence}`);
}

const LEVELS = { note: 'info', warning: 'warn', error: 'error' } as const;

/** JSON lines for a program that gathers logs. */
export function jsonLog(terminal: Terminal): Log {
  const logger = pino({ base: null }, { write: (line) => terminal.say(line.trimEnd()) });
  return (level, sentence) => logger[LEVELS[level]](sentence);
}
