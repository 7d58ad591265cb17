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
    'mqtt-url': { type: 'string', value: 'URL', summary: 'use this broker in place of the own one' },
    demo: {
      type: 'string',
      value: '0|1',
      summary: 'virtual devices and example flows on the first start (1)',
    },
    'admin-email': { type: 'string', value: 'ADDRESS', summary: 'make the first account without the link' },
    'master-key-file': { type: 'string', value: 'FILE', summary: 'the key that secrets are encrypted with' },
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

/** All commands, in the order of the help. */
export const SPECS: readonly CommandSpec[] = [START, RUN, TEST, SIMULATE];
