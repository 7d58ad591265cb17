import type { Connection } from '@sluice/shared/protocol/http.ts';
import type { ConnectionField, SecretField } from './connectionFields.ts';
import { TLS_FIELDS, TLS_SECRETS } from './connectionTls.ts';

export type ConnectionType = Connection['type'];

export interface ConnectionKind {
  readonly type: ConnectionType;
  readonly title: string;
  readonly summary: string;
  readonly fields: readonly ConnectionField[];
  /** Written, and never read back. */
  readonly secrets: readonly SecretField[];
  /** Where it leads, for the list. */
  readonly target: (config: Connection['config']) => string;
}

function addressCheck(protocols: readonly string[], example: string) {
  return (text: string): string | undefined => {
    const url = URL.parse(text);
    if (url !== null && protocols.includes(url.protocol) && url.hostname !== '') return undefined;
    return `Write an address such as ${example}.`;
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Every kind of connection: its settings, their help and their secrets. */
export const CONNECTION_KINDS: Record<ConnectionType, ConnectionKind> = {
  mqtt: {
    type: 'mqtt',
    title: 'MQTT broker',
    summary: 'Devices and systems that publish over MQTT 3.1.1.',
    fields: [
      {
        kind: 'text',
        name: 'url',
        label: 'Address',
        description: 'mqtt:// or mqtts:// (with TLS), host and port; ws:// and wss:// work too.',
        placeholder: 'mqtts://broker.example.com:8883',
        isRequired: true,
        check: addressCheck(['mqtt:', 'mqtts:', 'ws:', 'wss:'], 'mqtt://192.168.1.10:1883'),
      },
      {
        kind: 'text',
        name: 'username',
        label: 'User name',
        description: 'Leave it empty where the broker asks for none.',
      },
      {
        kind: 'text',
        name: 'clientId',
        label: 'Client id',
        description: 'Only where the broker expects a certain one; Sluice makes one otherwise.',
      },
      ...TLS_FIELDS,
    ],
    secrets: [
      { name: 'password', label: 'Password', description: 'Belongs to the user name.' },
      ...TLS_SECRETS,
    ],
    target: (config) => shown(config['url']),
  },
  influxdb: {
    type: 'influxdb',
    title: 'InfluxDB',
    summary: 'A time series database, version 2 or later, to write values into.',
    fields: [
      {
        kind: 'text',
        name: 'url',
        label: 'Address',
        description: 'http:// or https://, host and port.',
        placeholder: 'https://influx.example.com:8086',
        isRequired: true,
        check: addressCheck(['http:', 'https:'], 'https://influx.example.com:8086'),
      },
      {
        kind: 'text',
        name: 'org',
        label: 'Organisation',
        description: 'As it is called in InfluxDB.',
        isRequired: true,
      },
      {
        kind: 'text',
        name: 'bucket',
        label: 'Bucket',
        description: 'Where values go unless a node names another one.',
        isRequired: true,
      },
      ...TLS_FIELDS,
    ],
    secrets: [
      {
        name: 'token',
        label: 'API token',
        description: 'One that may write to the bucket.',
        isRequired: true,
      },
      ...TLS_SECRETS,
    ],
    target: (config) =>
      [shown(config['url']), shown(config['bucket'])].filter((part) => part !== '').join(' · '),
  },
  smtp: {
    type: 'smtp',
    title: 'E-mail (SMTP)',
    summary: 'The mail server through which notices are sent.',
    fields: [
      {
        kind: 'text',
        name: 'host',
        label: 'Mail server',
        description: 'Its name, without a protocol.',
        placeholder: 'smtp.example.com',
        isRequired: true,
        check: (text) =>
          /[\s/]/.test(text) ? 'Write the name of the server only, such as smtp.example.com.' : undefined,
      },
      {
        kind: 'number',
        name: 'port',
        label: 'Port',
        description: '587 as a rule; 465 where TLS is on from the start.',
        min: 1,
        max: 65_535,
        start: 587,
        isRequired: true,
      },
      {
        kind: 'flag',
        name: 'secure',
        label: 'TLS from the start',
        description: 'For port 465. Without it the connection is upgraded (STARTTLS) where the server can.',
        start: false,
      },
      {
        kind: 'text',
        name: 'username',
        label: 'User name',
        description: 'Leave it empty where the server asks for none.',
      },
      {
        kind: 'text',
        name: 'from',
        label: 'Sender',
        description: 'The address that notices come from.',
        placeholder: 'Sluice <alerts@example.com>',
        isRequired: true,
        check: (text) =>
          text.includes('@') ? undefined : 'Write an e-mail address such as alerts@example.com.',
      },
      ...TLS_FIELDS,
    ],
    secrets: [
      { name: 'password', label: 'Password', description: 'Belongs to the user name.' },
      ...TLS_SECRETS,
    ],
    target: (config) =>
      [shown(config['host']), shown(config['port'])].filter((part) => part !== '').join(':'),
  },
};
