import type { CommandSpec } from './command.ts';

/** Keeps the names of the options, so that a command can only ask for those that its help lists. */
function spec<Name extends string>(command: CommandSpec<Name>): CommandSpec<Name> {
  return command;
}

export const START = spec({
  name: 'start',
  summary: 'start the server: editor, runner, MQTT broker and storage',
  usage: '[options]',
  about: [
    'Prints the address and, on the first start, a one-time link that makes the first account.',
    'Each option can also be set by the environment, as SLUICE_DATA or SLUICE_PORT.',
  ],
  files: { least: 0, most: 0, title: '' },
  options: {
    data: { type: 'string', value: 'FOLDER', summary: 'where everything is kept (./data)' },
    host: { type: 'string', value: 'ADDRESS', summary: 'address to listen on (127.0.0.1)' },
    port: {
      type: 'string',
      value: 'NUMBER',
      summary: 'port of the editor and the API (4000); 0 takes any free one',
    },
    'mqtt-port': {
      type: 'string',
      value: 'NUMBER',
      summary: 'port of the MQTT broker (1883); 0 takes any free one',
    },
    'mqtt-host': {
      type: 'string',
      value: 'ADDRESS',
      summary: 'address that the MQTT broker listens on (127.0.0.1); with TLS that of the TLS port alone',
    },
    'mqtts-port': {
      type: 'string',
      value: 'NUMBER',
      summary: 'port of the MQTT broker with TLS (none); 0 takes any free one',
    },
    'mqtt-anonymous': {
      type: 'string',
      value: '0|1',
      summary:
        'whether MQTT clients on this machine need no credential (1, and 0 where --mqtt-host is beyond)',
    },
    'mqtt-url': { type: 'string', value: 'URL', summary: 'use this broker in place of the own one' },
    demo: {
      type: 'string',
      value: '0|1',
      summary: 'virtual devices and example flows on the first start (1)',
    },
    'admin-email': { type: 'string', value: 'ADDRESS', summary: 'make the first account without the link' },
    'master-key-file': { type: 'string', value: 'FILE', summary: 'the key that secrets are encrypted with' },
    'tls-cert': {
      type: 'string',
      value: 'FILE',
      summary: 'certificate of the server, PEM: HTTPS, and MQTT on --mqtts-port; read again when it changes',
    },
    'tls-key': { type: 'string', value: 'FILE', summary: 'the key of that certificate, PEM' },
    config: { type: 'string', value: 'FILE', summary: 'JSON file with settings' },
    safe: {
      type: 'boolean',
      summary: 'safe mode: hold every flow until somebody starts it; the next start runs them as before',
    },
    json: { type: 'boolean', summary: 'print one JSON line when ready, and nothing else to standard output' },
  },
});

export const RUN = spec({
  name: 'run',
  summary: 'run one flow without a server',
  usage: 'FLOW.json [options]',
  about: [
    'Uses the connections in the file. Debug messages go to standard output, one JSON line each.',
    'Ctrl-C lets what is under way finish, then ends.',
  ],
  files: { least: 1, most: 1, title: 'FLOW.json' },
  options: {
    state: {
      type: 'string',
      value: 'FOLDER',
      summary: 'keep state there, so that the next run goes on with it',
    },
    'http-port': {
      type: 'string',
      value: 'NUMBER',
      summary: 'serve the http-in nodes of the flow on this port',
    },
  },
});

export const TEST = spec({
  name: 'test',
  summary: 'run the scenarios that are stored with flows',
  usage: 'FLOW.json… ',
  about: [
    'Runs on a clock of its own, so that ten minutes take a moment. Nothing outside is reached:',
    'messages come in where the scenario says, and what would go out is only looked at.',
  ],
  files: { least: 1, most: 1_000, title: 'FLOW.json' },
  options: {},
});

export const SIMULATE = spec({
  name: 'simulate',
  summary: 'publish measurements of virtual devices over MQTT',
  usage: '--url mqtt://ADDRESS [options]',
  about: [
    'Each device publishes to devices/<id>/telemetry with QoS 1, and its name and model to devices/<id>/about.',
  ],
  files: { least: 0, most: 0, title: '' },
  options: {
    url: { type: 'string', value: 'URL', summary: 'the broker (mqtt://127.0.0.1:1883)' },
    devices: { type: 'string', value: 'NUMBER', summary: 'how many devices (10)' },
    rate: { type: 'string', value: 'NUMBER', summary: 'messages a second of each device (1)' },
    model: {
      type: 'string',
      value: 'NAME',
      summary: 'freezer, pump, door, power-meter or weather (freezer)',
    },
    seconds: { type: 'string', value: 'NUMBER', summary: 'how long (until Ctrl-C)' },
    seed: { type: 'string', value: 'NUMBER', summary: 'the same seed gives the same measurements (1)' },
  },
});

const DATA = { type: 'string', value: 'FOLDER', summary: 'the data folder (./data)' } as const;
const MASTER_KEY_FILE = {
  type: 'string',
  value: 'FILE',
  summary: 'the master key, if it is not in the data folder',
} as const;
const KEY_FILE = {
  type: 'string',
  value: 'FILE',
  summary: 'a key of 64 hex digits in place of the passphrase',
} as const;

export const BACKUP = spec({
  name: 'backup',
  summary: 'write all that the data folder holds into one encrypted file',
  usage: 'FILE [options]',
  about: [
    'Works while the server runs, and does not hold it up: accounts, flows, secrets with the master key, state,',
    'timers, failed messages and what the MQTT broker keeps, all as of one moment, as if the power had failed then.',
    'The file is encrypted with a passphrase: SLUICE_BACKUP_PASSPHRASE, or the one that is asked for.',
    'It is not in the backup: what an outside broker or database holds, and the compiled code.',
  ],
  files: { least: 1, most: 1, title: 'FILE' },
  options: { data: DATA, 'key-file': KEY_FILE, 'master-key-file': MASTER_KEY_FILE },
});

export const RESTORE = spec({
  name: 'restore',
  summary: 'make a data folder out of a backup',
  usage: 'FILE --data FOLDER [options]',
  about: [
    'Looks through all of the backup before it writes anything. The folder has to be new or empty.',
    'Messages that were under way at the moment of the backup go on from there: those that flows have sent out since',
    'are sent a second time, and those that came in and were acknowledged since are not in the backup.',
    'Stop the server that the backup is of before the restored one starts: to brokers, both are the same client.',
  ],
  files: { least: 1, most: 1, title: 'FILE' },
  options: {
    data: { type: 'string', value: 'FOLDER', summary: 'the new data folder' },
    'key-file': KEY_FILE,
  },
});

export const ROTATE_MASTER_KEY = spec({
  name: 'rotate-master-key',
  summary: 'seal every secret anew under another master key',
  usage: '[options]',
  about: [
    'For a server that is stopped. Whenever it is cut short, the next start goes on with the key that counts.',
    'Keys of workspaces are made anew without a stop by POST /api/secrets/rotate.',
  ],
  files: { least: 0, most: 0, title: '' },
  options: {
    data: DATA,
    'master-key-file': MASTER_KEY_FILE,
    new: {
      type: 'string',
      value: 'FILE',
      summary: 'take the new key from there (64 hex digits; a random one)',
    },
  },
});

/** All commands, in the order of the help. */
export const SPECS: readonly CommandSpec[] = [START, RUN, TEST, SIMULATE, BACKUP, RESTORE, ROTATE_MASTER_KEY];
