import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { MASK } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from './host.ts';
import { newId, systemTime } from './time.ts';
import { eventually } from '../testingPatience.ts';

const SECRET = 'tiger+in/the=night';

/** A host whose process says this on its standard error, and dies of it before it does anything else. */
function hostThatDiesSaying(words: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-words-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const told: string[] = [];
  const code = `process.stderr.write(Buffer.from('${Buffer.from(words).toString('hex')}', 'hex')); process.exit(3)`;
  const host = createRunnerHost({
    workspace: 'w',
    folder,
    connections: [
      {
        id: 'plant',
        name: 'Plant',
        type: 'mqtt',
        config: {},
        secrets: { password: SECRET, token: 'second-secret' },
      },
    ],
    devices: [],
    telemetry: { connection: 'broker', filter: '#' },
    clock: systemTime,
    newId,
    log: (_level, sentence) => told.push(sentence),
    storeAlarms: () => Promise.resolve(),
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` },
  });
  onTestFinished(() => host.close(100));
  host.on('state', ({ sentence }) => told.push(sentence));
  return { host, told };
}

describe('what a runner says last', () => {
  it('is told without the secrets it was given, in any form, also where it is cut off', async () => {
    const bytes = Buffer.from(`user:${SECRET}`);
    const forms = [
      SECRET,
      bytes.toString('base64'),
      Buffer.from(SECRET).toString('hex'),
      encodeURIComponent(SECRET),
      'second-secret',
    ];
    // The first one stands across the place where what is shown begins.
    const end = ` of ${forms.join(' and ')} it died.`;
    const { host, told } = hostThatDiesSaying(`Refused: ${SECRET}${'.'.repeat(1_990 - end.length)}${end}`);
    await host.deploy(emptyFlow('a', 'A'), 1, []);
    await eventually(() => expect(told.join('\n')).toContain('it died.'));
    const text = told.join('\n');
    expect(text).toContain(`The runner process ended with code 3. Its last words: `);
    expect(text).toContain(MASK);
    for (const form of [...forms, 'night', 'tiger'])
      expect([form, text.includes(form)]).toEqual([form, false]);
  }, 30_000);
});
