import { createMessage } from '../../shared/src/message/message.ts';
import { createSandbox } from '../../runtime/src/sandbox/createSandbox.ts';
import type { Row } from './row.ts';

// A function node's code through the sandbox process: messages a second in full batches, several batches under way.

const BATCH = 256;
const UNDER_WAY = 4;
const WARM_UP_BATCHES = 200;
const BATCHES = 2_000;
const CODE = 'message.payload.f = message.payload.c * 1.8 + 32; return message;';

export async function sandboxRows(): Promise<Row[]> {
  const sandbox = createSandbox();
  const program = sandbox.compile('bench', 'function', { kind: 'function', code: CODE, outputs: 1 });
  const batch = Array.from({ length: BATCH }, (_, index) =>
    createMessage({
      id: `m${index}`,
      time: index,
      topic: 'devices/f1/telemetry',
      device: 'f1',
      payload: { c: index },
    }),
  );
  const runMany = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await program.run(batch);
  };
  const runAll = (count: number) =>
    Promise.all(Array.from({ length: UNDER_WAY }, () => runMany(count / UNDER_WAY)));
  try {
    await runAll(WARM_UP_BATCHES);
    const startedAt = performance.now();
    await runAll(BATCHES);
    const rate = (BATCHES * BATCH) / ((performance.now() - startedAt) / 1_000);
    return [
      {
        what: `Function node through the sandbox process, batches of ${BATCH}`,
        value: `${Math.round(rate / 1_000)},000 messages/s`,
        bar: 'at least 200,000 /s',
        isMet: rate >= 200_000,
      },
    ];
  } finally {
    program.close();
    await sandbox.close();
  }
}
