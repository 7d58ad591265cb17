import type { Credential } from '@sluice/shared/protocol/credentials.ts';
import { describe, expect, it } from 'vitest';
import {
  certificateLine,
  deviceIdProblem,
  fileOf,
  ingestLine,
  publishLine,
  requestProblem,
  revokeWarning,
  rotationAdvice,
  shellWord,
  shownFingerprint,
  stateOf,
} from './credentialWords.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

function credential(more: Partial<Credential> = {}): Credential {
  return { id: 'a', device: 'f1', kind: 'token', createdAt: NOW - 100 * DAY, createdBy: 'ada', ...more };
}

describe('a credential', () => {
  it('is told by what matters most: that it ended, that it ends soon, when it was used', () => {
    const word = (more: Partial<Credential>) => stateOf(credential(more), NOW).word;
    expect(word({ expiresAt: NOW, lastUsedAt: NOW })).toBe('ended');
    expect(word({ expiresAt: NOW + 29 * DAY, lastUsedAt: NOW })).toBe('ends in 29 days');
    expect(word({ expiresAt: NOW + 31 * DAY, lastUsedAt: NOW - 3 * DAY })).toBe('last used 3 days ago');
    expect(word({})).toBe('never used');
  });

  it('is the old one when it was not used for a week while another was', () => {
    const fresh = credential({ id: 'b', createdAt: NOW - DAY, lastUsedAt: NOW });
    expect(rotationAdvice([credential()], NOW)).toBeUndefined();
    expect(rotationAdvice([credential({ lastUsedAt: NOW - 8 * DAY }), fresh], NOW)).toMatch(
      /you can revoke the old one/,
    );
    expect(rotationAdvice([credential({ lastUsedAt: NOW - DAY }), fresh], NOW)).toMatch(/^All of them count/);
    // A new one that the device has not been given yet is not an old one.
    expect(
      rotationAdvice([credential({ lastUsedAt: NOW }), credential({ id: 'b', createdAt: NOW - DAY })], NOW),
    ).toMatch(/^All of them count/);
    expect(rotationAdvice([fresh, credential({ expiresAt: NOW - 1 })], NOW)).toBeUndefined();
  });

  it('says before it is revoked whether the device can sign in afterwards', () => {
    const one = credential();
    const ended = credential({ id: 'c', expiresAt: NOW - 1 });
    expect(revokeWarning(one, [one, ended], NOW)).toMatch(/last one of this device/);
    expect(revokeWarning(one, [one, credential({ id: 'b' })], NOW)).toMatch(/goes on with the other one\.$/);
    for (const others of [[one], [one, credential({ id: 'b' })]])
      expect(revokeWarning(one, others, NOW)).toMatch(/close at once/);
  });

  it('shows its sum as people compare it', () => {
    expect(shownFingerprint('0aff10')).toBe('0A:FF:10');
  });
});

describe('lines for a shell', () => {
  const device = { id: `it's; rm -rf ~`, username: `main/it's; rm -rf ~`, token: 'abc-_1' };

  it('take whatever a device is called as one word', () => {
    expect(shellWord('main/freezer-1')).toBe('main/freezer-1');
    expect(shellWord(`a'b $(c) "d"`)).toBe(`'a'\\''b $(c) "d"'`);
    expect(publishLine({ port: 1883 }, 'host', device)).toBe(
      `mosquitto_pub -h host -p 1883 -i 'it'\\''s; rm -rf ~' -u 'main/it'\\''s; rm -rf ~' -P abc-_1 -q 1 -t 'devices/it'\\''s; rm -rf ~/telemetry' -m '{"temperature": -18.4}'`,
    );
    expect(ingestLine('http://host:4000', device)).toContain(
      `'http://host:4000/ingest/it'\\''s%3B%20rm%20-rf%20~'`,
    );
  });

  it('go over TLS where there is a port for it', () => {
    const line = publishLine({ port: 1883, tlsPort: 8883 }, 'host', { ...device, id: 'f1' });
    expect(line).toContain('-p 8883 --tls-use-os-certs');
    expect(certificateLine(8883, 'host', 'f1', 'f1')).toContain('--cert f1.pem --key f1.key');
  });

  it('name files that every file system takes', () => {
    expect([fileOf('freezer 1/ä'), fileOf('../..'), fileOf('ß')]).toEqual(['freezer-1-', 'device', 'device']);
  });
});

describe('what somebody writes', () => {
  it('is told to be no request, a certificate, or a key that should have stayed where it was', () => {
    expect(requestProblem(' ')).toMatch(/^Paste/);
    expect(requestProblem('hello')).toMatch(/no certificate request in PEM/);
    expect(requestProblem('-----BEGIN CERTIFICATE-----')).toMatch(/is a certificate already/);
    const key = '-----BEGIN EC PRIVATE KEY-----\n-----BEGIN CERTIFICATE REQUEST-----';
    expect(requestProblem(key)).toMatch(/private key/);
    for (const kind of ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'])
      expect(requestProblem(`-----BEGIN ${kind}-----`)).toBeUndefined();
  });

  it('is told to be no id of a device', () => {
    for (const id of ['', 'a/b', '+', '#', 'a\u0000', 'x'.repeat(129)])
      expect(deviceIdProblem(id)).toBeDefined();
    expect(deviceIdProblem('Freezer 1 äöü')).toBeUndefined();
  });
});
