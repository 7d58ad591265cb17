// The runner process of one workspace. Its host starts it, says everything over the IPC channel, and ends it.
import { createHttp } from '../connections/http.ts';
import { openRunner } from './openRunner.ts';
import type { HostMessage, RunnerMessage } from './protocol.ts';
import type { Runner } from './runner.ts';
import { systemTime } from './time.ts';

/** What was taken in is finished for so long when this process is told to end by the system. */
const DRAIN_MS = 5_000;

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
// The host is gone, and another one may start a runner on the same state: nothing is lost by ending at once (EN6).
process.on('disconnect', () => void end(0));
// Ctrl-C in a terminal reaches every process of the group; when to end is the host's to say.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void end(DRAIN_MS));
