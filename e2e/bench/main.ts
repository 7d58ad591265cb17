import os from 'node:os';
import { parseArgs } from 'node:util';
import { dryRunRows } from './dryRun.ts';
import { editorRows } from './editorRows.ts';
import { engineRows } from './engine.ts';
import { manyDevicesRows } from './manyDevicesRow.ts';
import { manyFlowsRows } from './manyFlowsRow.ts';
import { mosquittoVersion } from './mosquitto.ts';
import { NODE_RED_ON } from './nodeRed.ts';
import { changesRows, confirmedRows, functionRows, plainRows } from './peerRows.ts';
import { permissionRows } from './permissionRow.ts';
import { productRows } from './productRows.ts';
import type { Row } from './row.ts';
import { sandboxRows } from './sandbox.ts';
import { tlsRows } from './tlsRow.ts';
import { workspacesRows } from './workspacesRow.ts';

// `npm run bench`: measures on this machine and prints one table. Nothing here is a test: machines differ.
// `npm run bench -- mqtt qos1 --rounds 5` measures some of it, with more rounds.

const PARTS: Readonly<Record<string, (rounds: number) => Promise<readonly Row[]>>> = {
  engine: engineRows,
  sandbox: sandboxRows,
  dryRun: dryRunRows,
  mqtt: plainRows,
  qos1: confirmedRows,
  function: functionRows,
  changes: changesRows,
  flows: manyFlowsRows,
  devices: manyDevicesRows,
  workspaces: workspacesRows,
  permission: permissionRows,
  tls: tlsRows,
  product: productRows,
  editor: editorRows,
};
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  peers: ['mqtt', 'qos1', 'function', 'changes'],
};
const ROUNDS = 3;

function readArguments(): { readonly parts: readonly string[]; readonly rounds: number } {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: String(ROUNDS) } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is a whole number from 1. It is “${values.rounds}” now.`);
  const named = positionals.flatMap((name) => GROUPS[name] ?? [name]);
  const unknown = named.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(
      `There is no bench “${unknown.join('”, “')}”. There are: ${[...Object.keys(PARTS), ...Object.keys(GROUPS)].join(', ')}.`,
    );
  return { parts: named.length > 0 ? named : Object.keys(PARTS), rounds };
}

/** What it was measured on and with. */
function machine(): string {
  const [processor] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return [
    `${processor?.model ?? 'unknown processor'}, ${os.cpus().length} cores, ${memory} GB, ${os.type()} ${os.release()}`,
    `Node ${process.versions.node}, ${mosquittoVersion()}, ${NODE_RED_ON}`,
  ].join('; ');
}

function line({ what, value, against = '', ratio, bar, isMet }: Row): string {
  const verdict = isMet === undefined ? bar : `${bar} ${isMet ? '✓' : '✗'}`;
  return `| ${what} | ${value} | ${against} | ${ratio?.toFixed(2) ?? ''} | ${verdict} |`;
}

async function main(): Promise<void> {
  const { parts, rounds } = readArguments();
  console.log(`${machine()}; median of ${rounds} rounds\n`);
  console.log('| what | measured | against | ratio | bar |\n| --- | --- | --- | --- | --- |');
  for (const part of parts) for (const row of (await PARTS[part]?.(rounds)) ?? []) console.log(line(row));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
