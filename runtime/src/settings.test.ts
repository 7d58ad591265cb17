import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_NAMES, readSettings } from './settings.ts';

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-settings-')), 'sluice.json');
  writeFileSync(file, text);
  return file;
}

describe('settings', () => {
  it('takes the defaults on a machine that sets nothing', () => {
    expect(readSettings({ environment: {} })).toEqual({
      data: resolve('./data'),
      host: '127.0.0.1',
      port: 4000,
      mqttPort: 1883,
      mqttHost: '127.0.0.1',
      mqttPacketBytes: 262_144,
      demo: true,
      safe: false,
      json: false,
    });
  });

  it('takes flag before environment before config file', () => {
    const configFile = fileWith(JSON.stringify({ port: 1, mqttPort: 2, host: 'file.example' }));
    const environment = { SLUICE_PORT: '11', SLUICE_MQTT_PORT: '12' };
    const settings = readSettings({ flags: { port: '21' }, environment, configFile });
    expect([settings.port, settings.mqttPort, settings.host]).toEqual([21, 12, 'file.example']);
  });

  it('reads SLUICE_DEMO=0', () => {
    expect(readSettings({ environment: { SLUICE_DEMO: '0' } }).demo).toBe(false);
  });

  it('[EN13] reads safe mode from the flag and from SLUICE_SAFE=1', () => {
    expect(readSettings({ flags: { safe: true }, environment: {} }).safe).toBe(true);
    expect(readSettings({ environment: { SLUICE_SAFE: '1' } }).safe).toBe(true);
  });

  it.each([
    [
      { SLUICE_PORT: 'web' },
      'SLUICE_PORT is a number between 0 and 65535; 0 takes any free port. It is “web” now.',
    ],
    [{ SLUICE_MQTT_PORT: '70000' }, 'SLUICE_MQTT_PORT is a number between 0 and 65535'],
    [{ SLUICE_MQTT_URL: 'http://x' }, 'SLUICE_MQTT_URL is an address such as mqtt://127.0.0.1:1883.'],
    [{ SLUICE_DEMO: 'maybe' }, 'SLUICE_DEMO is 1 or 0. It is “maybe” now.'],
    [
      { SLUICE_ADMIN_EMAIL: 'ada', SLUICE_ADMIN_PASSWORD: 'x'.repeat(12) },
      'SLUICE_ADMIN_EMAIL is an e-mail address',
    ],
    [{ SLUICE_ADMIN_EMAIL: 'ada@example.org' }, 'belong together'],
  ])('says in a sentence what is wrong with %j', (environment, sentence) => {
    expect(() => readSettings({ environment })).toThrow(sentence);
  });

  it('never repeats a password that is too short', () => {
    const environment = { SLUICE_ADMIN_EMAIL: 'ada@example.org', SLUICE_ADMIN_PASSWORD: 'tooshort' };
    expect(() => readSettings({ environment })).toThrow(
      'SLUICE_ADMIN_PASSWORD is too short: a password has at least 12 characters.',
    );
    expect(() => readSettings({ environment })).not.toThrow('tooshort');
  });

  it('names a flag as it is written on the command line', () => {
    expect(() => readSettings({ flags: { mqttPort: '-1' }, environment: {} })).toThrow(
      '--mqtt-port is a number',
    );
  });

  it('refuses a config file that is broken or has a setting that does not exist', () => {
    expect(() => readSettings({ environment: {}, configFile: fileWith('{') })).toThrow('cannot be read');
    expect(() => readSettings({ environment: {}, configFile: fileWith('[]') })).toThrow(
      'is not a JSON object',
    );
    expect(() => readSettings({ environment: {}, configFile: fileWith('{"prot": 1}') })).toThrow(
      'a setting “prot”',
    );
  });

  it('takes a provider to sign in with as a whole only, by https, and never repeats its secret', () => {
    const given = {
      SLUICE_OIDC_ISSUER: 'https://accounts.example.org',
      SLUICE_OIDC_CLIENT_ID: 'sluice',
      SLUICE_OIDC_CLIENT_SECRET: 'quiet otter',
    };
    const domains = { ...given, SLUICE_OIDC_ALLOWED_DOMAINS: 'Example.org, example.com' };
    expect(readSettings({ environment: domains }).oidcAllowedDomains).toEqual(['example.org', 'example.com']);
    const { SLUICE_OIDC_CLIENT_ID: _, ...half } = given;
    expect(() => readSettings({ environment: half })).toThrow('belong together: set all three');
    const plain = { ...given, SLUICE_OIDC_ISSUER: 'http://accounts.example.org' };
    expect(() => readSettings({ environment: plain })).toThrow('Give its https:// address.');
    expect(() => readSettings({ environment: plain })).not.toThrow('quiet otter');
  });

  it('has a variable for each setting', () => {
    expect(Object.values(ENVIRONMENT_NAMES).every((name) => name.startsWith('SLUICE_'))).toBe(true);
  });

  it('lets nobody without a credential reach the broker from beyond this machine', () => {
    const beyond = { SLUICE_MQTT_HOST: '0.0.0.0' };
    expect(readSettings({ environment: beyond }).mqttAnonymous).toBeUndefined();
    expect(readSettings({ environment: { ...beyond, SLUICE_MQTT_ANONYMOUS: '0' } }).mqttAnonymous).toBe(
      false,
    );
    expect(() => readSettings({ environment: { ...beyond, SLUICE_MQTT_ANONYMOUS: '1' } })).toThrow(
      'SLUICE_MQTT_ANONYMOUS is on and SLUICE_MQTT_HOST is 0.0.0.0',
    );
  });

  it.each([
    [{ SLUICE_TLS_CERT: 'a.pem' }, 'SLUICE_TLS_CERT and SLUICE_TLS_KEY belong together'],
    [{ SLUICE_MQTTS_PORT: '8883' }, 'SLUICE_MQTTS_PORT takes a certificate'],
  ])('says what TLS lacks: %o', (environment, sentence) => {
    expect(() => readSettings({ environment })).toThrow(sentence);
  });
});
