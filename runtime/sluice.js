#!/usr/bin/env -S node --no-node-snapshot
// The `sluice` command. Plain JavaScript that any Node reads: the version is looked at before anything is imported.
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;

/**
 * The server rests most of the time, so it trades speed that it does not need for memory: a small young generation,
 * and an allocator that gives back what it took for a moment (19 MiB for each sign-in) instead of keeping it for each thread.
 */
const SERVER_FLAGS = ['--no-node-snapshot', '--max-semi-space-size=2'];
const SERVER_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Whether this process has to become the server's: both kinds of settings are read when a process begins. */
function isToStartAgain() {
  return (
    process.argv[2] === 'start' &&
    process.execve !== undefined &&
    process.platform === 'linux' &&
    Object.keys(SERVER_ENVIRONMENT).every((name) => process.env[name] === undefined)
  );
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `Sluice needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else if (isToStartAgain()) {
  const self = fileURLToPath(import.meta.url);
  // In place of this process: it keeps its id, its terminal and its signals.
  process.execve(process.execPath, [process.execPath, ...SERVER_FLAGS, self, ...process.argv.slice(2)], {
    ...process.env,
    ...SERVER_ENVIRONMENT,
  });
} else {
  const { keepCompiledCode } = await import('./compileCache.js');
  keepCompiledCode();
  const { main } = await import('./src/main.ts');
  await main();
}
