import { parseArgs } from 'node:util';
import type { Arguments, CommandSpec } from './command.ts';
import { WrongArgument } from './command.ts';

/** Reads what stands after the name of a command. Throws `WrongArgument` with one clear line. */
export function readArguments<Name extends string>(
  spec: CommandSpec<Name>,
  argv: readonly string[],
): Arguments<Name> {
  const { values, positionals } = parse(spec, argv);
  const { least, most, title } = spec.files;
  if (positionals.length < least)
    throw new WrongArgument(`sluice ${spec.name} needs a file: ${title}.${seeHelp(spec)}`);
  if (positionals.length > most) {
    const extra = positionals[most] ?? '';
    const takes = most === 0 ? 'takes no file' : `takes ${most === 1 ? 'one file' : `${most} files`}`;
    throw new WrongArgument(`sluice ${spec.name} ${takes}, and “${extra}” is one too many.${seeHelp(spec)}`);
  }
  // parseArgs in strict mode gives back the options of the spec only.
  return { files: positionals, values: values as Arguments<Name>['values'] };
}

function parse(spec: CommandSpec, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [name, { type: option.type }]),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new WrongArgument(`${sentenceOf(spec, error)}${seeHelp(spec)}`, { cause: error });
  }
}

function sentenceOf(spec: CommandSpec, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const name = /'-?-?([^' =]+)/.exec(said)?.[1] ?? '';
  if (said.startsWith('Unknown option')) return `sluice ${spec.name} has no option “${optionIn(said)}”.`;
  const option = spec.options[name];
  if (option?.type === 'boolean') return `--${name} takes no value.`;
  if (option !== undefined) return `--${name} needs a value: --${name} ${option.value ?? 'VALUE'}.`;
  return said;
}

function optionIn(said: string): string {
  return /'([^']+)'/.exec(said)?.[1] ?? said;
}

function seeHelp(spec: CommandSpec): string {
  return ` See sluice ${spec.name} --help.`;
}

/** A number out of an option. Throws `WrongArgument` when it is none, or not in the range. */
export function numberOption(
  name: string,
  value: string | boolean | undefined,
  range: {
    readonly fallback: number;
    readonly min: number;
    readonly max: number;
    readonly isWhole?: boolean;
  },
): number {
  if (value === undefined) return range.fallback;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  const isFit =
    number >= range.min && number <= range.max && (range.isWhole !== true || Number.isInteger(number));
  if (isFit) return number;
  const kind = range.isWhole === true ? 'a whole number' : 'a number';
  throw new WrongArgument(
    `--${name} is ${kind} between ${range.min} and ${range.max}, and not “${String(value)}”.`,
  );
}

/** A text out of an option. */
export function textOption(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
