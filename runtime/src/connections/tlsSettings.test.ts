import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiOf, startTestServer } from '../server/testServer.ts';
import { makeAuthority } from './testingCertificates.ts';
import { checkTlsDates, readTlsSettings } from './tlsSettings.ts';

const authority = await makeAuthority();
const own = await authority.issue(['runner']);
const other = await authority.issue(['other']);
const SECRET = { privateKey: own.key };
const DAMAGED = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

function locked(): string {
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' };
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...cipher },
  }).privateKey;
}

describe('TLS settings of a connection', () => {
  it('are none as long as none are written', () => {
    expect(readTlsSettings('Plant', {}, {}, false)).toEqual({});
    expect(readTlsSettings('Plant', { ca: ' ', certificate: '', serverName: '' }, {}, true)).toEqual({});
  });

  it('are given as they are when they fit together', () => {
    const config = { ca: authority.ca, certificate: own.cert, serverName: 'broker.plant' };
    expect(readTlsSettings('Plant', config, SECRET, true)).toEqual({
      ca: authority.ca.trim(),
      cert: own.cert.trim(),
      key: own.key.trim(),
      servername: 'broker.plant',
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, string>, RegExp]>([
    ['a CA that is no PEM', { ca: 'our CA' }, {}, /no certificate in PEM as its CA/],
    ['a CA that is damaged', { ca: DAMAGED }, {}, /a CA that is damaged/],
    ['a CA that is a number', { ca: 7 }, {}, /that is no text/],
    [
      'a key where the certificate goes',
      { certificate: own.key },
      SECRET,
      /private key in its client certificate/,
    ],
    [
      'a key that is of another certificate',
      { certificate: own.cert },
      { privateKey: other.key },
      /not the one of its/,
    ],
    ['a certificate without its key', { certificate: own.cert }, {}, /and not its private key/],
    ['a key without its certificate', {}, SECRET, /no client certificate that it belongs to/],
    [
      'a certificate where the key goes',
      { certificate: own.cert },
      { privateKey: own.cert },
      /no private key in PEM/,
    ],
    [
      'a key with a passphrase',
      { certificate: own.cert },
      { privateKey: locked() },
      /locked with a passphrase/,
    ],
    [
      'a key that is damaged',
      { certificate: own.cert },
      { privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' },
      /a private key that is damaged/,
    ],
    ['an address as the server name', { serverName: '127.0.0.1' }, {}, /“127.0.0.1” as its server name/],
    ['a URL as the server name', { serverName: 'mqtts://broker' }, {}, /as its server name, which is none/],
  ])('say what is wrong with %s', (_, config, secrets, sentence) => {
    const read = () => readTlsSettings('Plant', config, secrets, true);
    expect(read).toThrow(sentence);
    expect(read).toThrow(/^The connection “Plant” has /);
    expect(read).not.toThrow(/BEGIN PRIVATE KEY-----\n/);
  });

  it('are refused beside an address without TLS, where they would do nothing', () => {
    for (const config of [{ ca: authority.ca }, { certificate: own.cert }, { serverName: 'broker' }])
      expect(() => readTlsSettings('Plant', config, {}, false)).toThrow(/an address without it/);
    expect(() => readTlsSettings('Plant', {}, SECRET, false)).toThrow(/an address without it/);
  });

  it('are refused when a certificate has ended or does not count yet', async () => {
    const now = Date.now();
    const ended = await authority.issue(['runner'], -1);
    const day = new Date(now - 86_400_000).toISOString().slice(0, 10);
    expect(() => checkTlsDates('Plant', { certificate: ended.cert }, now)).toThrow(
      `has a client certificate that ended on ${day}`,
    );
    expect(() => checkTlsDates('Plant', { certificate: own.cert }, now - 30 * 86_400_000)).toThrow(
      /counts from/,
    );
    const old = await makeAuthority('Old CA', -1);
    expect(() => checkTlsDates('Plant', { ca: old.ca }, now)).toThrow(/has a CA that ended on/);
    checkTlsDates('Plant', { ca: `${old.ca}\n${authority.ca}`, certificate: own.cert }, now);
  });
});

describe('a connection with a client certificate', () => {
  it('is kept with its key sealed: the key is never read back, and stays when others change', async () => {
    const { server, cookieFor } = await startTestServer();
    const api = apiOf(server, cookieFor('integrator'));
    const config = { url: 'mqtts://broker.plant:8883', ca: authority.ca, certificate: own.cert };
    const body = { name: 'Plant', type: 'mqtt' as const, config: { ...config, privateKey: own.key } };
    // Also where it is written among the settings that are shown.
    const made = await api.ok('createConnection', { body });
    expect(made).toMatchObject({ config, secrets: ['privateKey'] });
    const saved = await api.ok('saveConnection', {
      params: { id: made.id },
      body: { revision: made.revision, name: 'Plant 2', config },
    });
    expect(saved.secrets).toEqual(['privateKey']);
    expect(JSON.stringify([made, saved, await api.ok('connections')])).not.toContain('PRIVATE KEY');
    const change = {
      revision: saved.revision,
      name: 'Plant',
      config: { ...config, certificate: other.cert },
    };
    const refused = await api.problem('saveConnection', { params: { id: made.id }, body: change });
    expect(refused.detail).toMatch(/not the one of its client certificate/);
  });
});
