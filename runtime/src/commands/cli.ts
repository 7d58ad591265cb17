import { SluiceError } from '@sluice/shared/errors.ts';
import type { CommandSpec, ExitCode, Terminal } from './command.ts';
import { EXIT, WrongArgument } from './command.ts';
import { helpOf, helpOfAll } from './help.ts';
import { readArguments } from './readArguments.ts';
import { BACKUP, RESTORE, ROTATE_MASTER_KEY, RUN, SIMULATE, SPECS, START, TEST } from './specs.ts';

type Perform = (argv: readonly string[], terminal: Terminal) => Promise<ExitCode>;

// A command is loaded when it is called: the help is there at once, and `simulate` needs no engine.
const COMMANDS: ReadonlyMap<string, Perform> = new Map<string, Perform>([
  [
    'start',
    async (argv, terminal) => {
      const given = readArguments(START, argv);
      return (await import('./start.ts')).start(given, terminal);
    },
  ],
  [
    'run',
    async (argv, terminal) => {
      const given = readArguments(RUN, argv);
      return (await import('./run.ts')).run(given, terminal);
    },
  ],
  [
    'test',
    async (argv, terminal) => {
      const given = readArguments(TEST, argv);
      return (await import('./testFlows.ts')).testFlows(given, terminal);
    },
  ],
  [
    'simulate',
    async (argv, terminal) => {
      const given = readArguments(SIMULATE, argv);
      return (await import('./simulate.ts')).simulate(given, terminal);
    },
  ],
  [
    'backup',
    async (argv, terminal) => {
      const given = readArguments(BACKUP, argv);
      return (await import('./backup.ts')).backup(given, terminal);
    },
  ],
  [
    'restore',
    async (argv, terminal) => {
      const given = readArguments(RESTORE, argv);
      return (await import('./restore.ts')).restore(given, terminal);
    },
  ],
  [
    'rotate-master-key',
    async (argv, terminal) => {
      const given = readArguments(ROTATE_MASTER_KEY, argv);
      return (await import('./rotateMasterKey.ts')).rotateMasterKey(given, terminal);
    },
  ],
]);

/** Runs the `sluice` command: the arguments after its name, to the exit code. Never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.say(sentenceOf(error));
    const isArgument =
      error instanceof WrongArgument || (error instanceof SluiceError && error.code === 'wrong-argument');
    return isArgument ? EXIT.wrongArgument : EXIT.failed;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(helpOfAll(SPECS));
    return name === undefined ? EXIT.wrongArgument : EXIT.ok;
  }
  const spec = SPECS.find((spec) => spec.name === name);
  const perform = COMMANDS.get(name);
  if (spec === undefined || perform === undefined) throw new WrongArgument(unknownCommand(name, SPECS));
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(helpOf(spec));
    return EXIT.ok;
  }
  return perform(rest, terminal);
}

function unknownCommand(name: string, specs: readonly CommandSpec[]): string {
  return `There is no command “${name}”. There are: ${specs.map((spec) => spec.name).join(', ')}. See sluice --help.`;
}

/** What went wrong, in one line; an error that nobody foresaw keeps its stack, for the report. */
function sentenceOf(error: unknown): string {
  if (error instanceof WrongArgument || error instanceof SluiceError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
