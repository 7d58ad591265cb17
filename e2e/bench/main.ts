import os from 'node:os';
import { dryRunRows } from './dryRun.ts';
import { editorRows } from './editorRows.ts';
import { engineRows } from './engine.ts';
import { mqttRows } from './mqttRow.ts';
import { productRows } from './productRows.ts';
import type { Row } from './row.ts';
import { sandboxRows } from './sandbox.ts';

// `npm run bench`: measures on this machine and prints one table. Nothing here is a test: machines differ.

const ALL: Readonly<Record<string, () => Promise<Row[]>>> = {
  engine: engineRows,
  dryRun: dryRunRows,
  sandbox: sandboxRows,
  mqtt: mqttRows,
  product: productRows,
  editor: editorRows,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in ALL));
if (unknown.length > 0) {
  console.error(`There is no bench “${unknown.join('”, “')}”. There are: ${Object.keys(ALL).join(', ')}.`);
  process.exit(2);
}

console.log(
  `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.versions.node}\n`,
);
console.log('| what | measured | bar |\n| --- | --- | --- |');
for (const [name, measure] of Object.entries(ALL)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const { what, value, bar } of await measure()) console.log(`| ${what} | ${value} | ${bar} |`);
}
