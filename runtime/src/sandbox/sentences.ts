import type { LiveProgram } from './lane.ts';

/** What users read when their code could not be run to its end. */
export const sentences = {
  timeout: ({ limits }: LiveProgram) =>
    `The code ran longer than ${limits.timeoutMs} ms and was stopped. Look for a loop that never ends.`,
  memory: ({ limits }: LiveProgram) =>
    `The code used more than the ${limits.memoryMb} MB of memory that a flow has and was stopped. Look for a list, text or object that keeps growing.`,
  poison:
    'This message made the code run out of control: it could only be stopped by ending the sandbox, twice. Look for a loop that never ends or memory that keeps growing.',
  poisonSource: 'Reading this code made the sandbox run out of control, so it cannot be used.',
  held: (node: string) =>
    `The flow is held: code in it (the last time that of node “${node}”) had to be stopped by ending the sandbox three times within a minute. Mend the code and deploy again.`,
  tooLargeToSend: (chars: string, most: number) =>
    `The message has ${chars} characters as JSON; code gets at most ${most}.`,
  cannotOpen: (why: string) => `The code could not be prepared: ${why}`,
  cannotRun: (why: string) => `The code could not be run: ${why}`,
  unreadable: 'The sandbox gave an answer that cannot be read.',
  cannotStart: (lastWords: string) =>
    `The sandbox process does not start, so code cannot run. It said: ${lastWords === '' ? 'nothing' : lastWords}`,
  closed: 'The code was closed before this message had its turn.',
};
