import type { ConnectionField, SecretField } from './connectionFields.ts';

// What every kind of connection has for TLS: a CA of one's own, a client certificate with its key, and a server name.

const CERTIFICATE = /-----BEGIN CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const LOCKED_KEY = /-----BEGIN ENCRYPTED|^Proc-Type: .*ENCRYPTED/m;

function certificateProblem(text: string): string | undefined {
  if (PRIVATE_KEY.test(text))
    return 'This has a private key in it, and is shown to everybody here. Write the key where it goes.';
  return CERTIFICATE.test(text)
    ? undefined
    : 'This is no certificate in PEM: such a text begins with “-----BEGIN CERTIFICATE-----”.';
}

function keyProblem(text: string): string | undefined {
  if (!PRIVATE_KEY.test(text))
    return 'This is no private key in PEM: such a text begins with “-----BEGIN PRIVATE KEY-----”.';
  return LOCKED_KEY.test(text)
    ? 'This key is locked with a passphrase. Unlock it with: openssl pkey -in locked.key -out open.key'
    : undefined;
}

export const TLS_FIELDS: readonly ConnectionField[] = [
  {
    kind: 'pem',
    part: 'tls',
    name: 'ca',
    label: 'Private CA',
    description: 'Then only certificates of this CA are trusted. Without it, those that the system trusts.',
    check: certificateProblem,
  },
  {
    kind: 'pem',
    part: 'tls',
    name: 'certificate',
    label: 'Client certificate',
    description: 'Where the other side asks for one. With those in between up to its CA, if there are any.',
    check: certificateProblem,
  },
  {
    kind: 'text',
    part: 'tls',
    name: 'serverName',
    label: 'Server name',
    description: 'The name that its certificate is for, where that is not the one in the address.',
    placeholder: 'broker.example.com',
    check: (text) =>
      /^(?![\d.]+$)[\w.-]{1,253}$/.test(text) ? undefined : 'Write a name such as broker.example.com.',
  },
];

export const TLS_SECRETS: readonly SecretField[] = [
  {
    part: 'tls',
    isPem: true,
    name: 'privateKey',
    label: 'Private key',
    description: 'The one of the client certificate.',
    belongsTo: 'certificate',
    check: keyProblem,
  },
];
