#!/usr/bin/env -S node --no-node-snapshot
// The `sluice` command. Only what any Node reads is imported before its version is known.
const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `Sluice needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  const { leave, openTerminal } = await import('./commands/terminal.ts');
  const { runCli } = await import('./commands/cli.ts');
  leave(await runCli(process.argv.slice(2), openTerminal()));
}
