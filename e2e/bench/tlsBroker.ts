import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../../runtime/src/broker/broker.ts';
import { LOCAL } from '../../runtime/src/broker/identity.ts';
import { newId, systemTime } from '../../runtime/src/runner/time.ts';
import { makeServerPem } from '../../runtime/src/server/credentials/testingTls.ts';

// The built-in broker in a process of its own, with and without TLS, for `tlsRow.ts`. Tells its ports to its parent.

const broker = await startBroker({
  port: 0,
  tls: { port: 0, host: '127.0.0.1', files: await makeServerPem() },
  folder: mkdtempSync(join(tmpdir(), 'sluice-bench-')),
  packetBytes: 262_144,
  time: systemTime,
  newId,
  log: () => undefined,
  observe: () => undefined,
  signIn: () => ({ ok: true, identity: LOCAL }),
});
process.send?.({ port: broker.port, tlsPort: broker.tlsPort });
process.once('disconnect', () => void broker.stop());
