import type { Connection } from '@sluice/shared/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, newDraft, problemsOf } from './connectionDraft.ts';

const SAVED: Connection = {
  id: 'plant',
  name: 'Plant broker',
  type: 'mqtt',
  config: { url: 'mqtts://broker.example.com:8883', username: 'sluice', keepAlive: 30 },
  secrets: ['password'],
  revision: 4,
  builtIn: false,
};

describe('problemsOf', () => {
  it('names every field that is needed, in words', () => {
    const draft = { ...newDraft('influxdb'), name: ' ' };
    expect(Object.keys(problemsOf(draft, []))).toEqual(['name', 'url', 'org', 'bucket', 'token']);
    expect(problemsOf(draft, ['token'])).not.toHaveProperty('token');
  });

  it('explains an address that is none, by an example', () => {
    const draft = newDraft('mqtt');
    const withUrl = (url: string) => problemsOf({ ...draft, values: { ...draft.values, url } }, []);
    expect(withUrl('broker')['url']).toBe('Write an address such as mqtt://192.168.1.10:1883.');
    expect(withUrl('http://broker:1883')).toHaveProperty('url');
    expect(withUrl(' mqtt://broker:1883 ')).toEqual({});
  });

  it('takes a whole port within its range only', () => {
    const draft = newDraft('smtp');
    const withPort = (port: number) =>
      problemsOf({ ...draft, values: { ...draft.values, host: 'mail', from: 'a@b', port } }, []);
    expect(withPort(587)).toEqual({});
    for (const port of [0, 65_536, 25.5, Number.NaN]) expect(withPort(port)).toHaveProperty('port');
  });
});

describe('draftOf and bodyOf', () => {
  it('send back unchanged what was not changed, with settings that the page does not know, and no secret', () => {
    const draft = draftOf(SAVED);
    expect(draft.secrets).toEqual({});
    expect(bodyOf(draft, SAVED.config)).toEqual({ name: SAVED.name, config: SAVED.config, secrets: {} });
  });

  it('leave out what was emptied, trim texts, and send a secret only when one was written', () => {
    const draft = draftOf(SAVED);
    const changed = {
      ...draft,
      values: { ...draft.values, username: ' ', url: ' mqtt://other:1883 ' },
      secrets: { password: 'new one' },
    };
    expect(bodyOf(changed, SAVED.config)).toEqual({
      name: SAVED.name,
      config: { url: 'mqtt://other:1883', keepAlive: 30 },
      secrets: { password: 'new one' },
    });
    expect(bodyOf({ ...draft, secrets: { password: '' } }, SAVED.config).secrets).toEqual({});
  });

  it('start anew where a stored setting is of another type than it should be', () => {
    expect(draftOf({ ...SAVED, type: 'smtp', config: { host: 'mail', port: '587' } }).values).toMatchObject({
      host: 'mail',
      port: 587,
    });
  });
});

describe('TLS', () => {
  const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const KEY = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';

  function problemsWith(
    values: Record<string, string>,
    secrets: Record<string, string> = {},
    kept: readonly string[] = [],
  ) {
    const draft = newDraft('mqtt');
    const url = 'mqtts://broker:8883';
    return problemsOf({ ...draft, values: { ...draft.values, url, ...values }, secrets }, kept);
  }

  it('can be set for every kind of connection', () => {
    for (const type of ['mqtt', 'influxdb', 'smtp'] as const)
      expect(Object.keys(newDraft(type).values)).toEqual(
        expect.arrayContaining(['ca', 'certificate', 'serverName']),
      );
  });

  it('says what is no certificate, no key, or a key where it would be shown', () => {
    expect(problemsWith({ ca: 'our CA' })['ca']).toMatch(/no certificate in PEM/);
    expect(problemsWith({ ca: `${CERTIFICATE}\n${KEY}` })['ca']).toMatch(/private key in it/);
    const withKey = (privateKey: string) => problemsWith({ certificate: CERTIFICATE }, { privateKey });
    expect(withKey(CERTIFICATE)['privateKey']).toMatch(/no private key in PEM/);
    expect(withKey(KEY.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'))['privateKey']).toMatch(/passphrase/);
    expect(withKey(KEY)).toEqual({});
    expect(problemsWith({ serverName: '127.0.0.1' })).toHaveProperty('serverName');
    expect(problemsWith({ serverName: 'broker.example.com' })).toEqual({});
  });

  it('takes certificate and key together only, also where the server has the key', () => {
    expect(problemsWith({ certificate: CERTIFICATE })).toEqual({
      privateKey: 'Client certificate and private key go together. Write this one, too.',
    });
    expect(problemsWith({ certificate: CERTIFICATE }, {}, ['privateKey'])).toEqual({});
    expect(problemsWith({}, { privateKey: KEY })).toEqual({
      certificate: 'Client certificate and private key go together. Write this one, too.',
    });
  });

  it('has the server delete the key with its certificate', () => {
    const config = { url: 'mqtts://broker:8883', certificate: CERTIFICATE };
    const draft = draftOf({ ...SAVED, config, secrets: ['privateKey'] });
    expect(bodyOf(draft, config)).toMatchObject({ config, secrets: {} });
    const without = { ...draft, values: { ...draft.values, certificate: ' ' } };
    expect(bodyOf(without, config)).toEqual({
      name: SAVED.name,
      config: { url: config.url },
      secrets: { privateKey: '' },
    });
  });
});
