// The runner process of one workspace. Its host starts it, says everything over the IPC channel, and ends it.
import { createHttp } from '../connections/http.ts';
import { openRunner } from './openRunner.ts';
import type { HostMessage, RunnerMessage } from './protocol.ts';
import type { Runner } from './runner.ts';
import { systemTime } from './time.ts';

/** When the host is gone nobody waits for an answer; what was taken in is finished, for this long. */
const ORPHAN_DRAIN_MS = 5_000;

let runner: Runner | undefined;

function send(message: RunnerMessage): void {
  // A host that is gone gets nothing; `disconnect` ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function end(drainMs: number): Promise<void> {
  await runner?.close(drainMs);
  send({ kind: 'stopped' });
  if (process.connected) process.disconnect?.();
  // A client library that keeps a timer must not keep the process.
  process.exit(0);
}

function receive(message: HostMessage): void {
  if (message.kind === 'shutdown') {
    void end(message.drainMs);
    return;
  }
  if (message.kind !== 'configure') {
    runner?.receive(message);
    return;
  }
  const { kind: _, allowPrivateAddresses, ...given } = message;
  const http = createHttp({ allowPrivate: allowPrivateAddresses });
  runner = openRunner({ ...given, http, time: systemTime, send });
  send({ kind: 'ready' });
}

process.on('message', (message) => receive(message as HostMessage));
process.on('disconnect', () => void end(ORPHAN_DRAIN_MS));
// Ctrl-C in a terminal reaches every process of the group; when to end is the host's to say.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void end(ORPHAN_DRAIN_MS));
