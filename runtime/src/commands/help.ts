import type { CommandSpec } from './command.ts';

/** The help of the whole. */
export function helpOfAll(specs: readonly CommandSpec[]): string {
  const width = Math.max(...specs.map((spec) => spec.name.length));
  return [
    'Sluice: draw a rule for devices in the browser, see it run on live data.',
    '',
    'Usage: sluice COMMAND [options]',
    '',
    ...specs.map((spec) => `  ${spec.name.padEnd(width)}  ${spec.summary}`),
    '',
    'sluice COMMAND --help tells more about one.',
  ].join('\n');
}

/** The help of one command. */
export function helpOf(spec: CommandSpec): string {
  const rows = Object.entries(spec.options).map(([name, option]) => ({
    left: option.value === undefined ? `--${name}` : `--${name} ${option.value}`,
    right: option.summary,
  }));
  rows.push({ left: '--help', right: 'show this' });
  const width = Math.max(...rows.map((row) => row.left.length));
  return [
    `Usage: sluice ${spec.name} ${spec.usage}`.trimEnd(),
    '',
    `${spec.summary[0]?.toUpperCase() ?? ''}${spec.summary.slice(1)}.`,
    ...spec.about,
    '',
    ...rows.map((row) => `  ${row.left.padEnd(width)}  ${row.right}`),
  ].join('\n');
}
