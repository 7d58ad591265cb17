#!/usr/bin/env -S node --no-node-snapshot
import { runCli } from './commands/cli.ts';
import { leave, openTerminal } from './commands/terminal.ts';

/** Runs the command that the arguments of this process name, then ends the process. */
export async function main(): Promise<void> {
  leave(await runCli(process.argv.slice(2), openTerminal()));
}

// Called as it stands, by what was installed before `sluice.js` was the command.
if (import.meta.main) await main();
