import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';

// The only place that reads the environment. Flag, then environment, then config file, then default.

const portSchema = z.coerce
  .number('is a number between 0 and 65535; 0 takes any free port')
  .int('is a whole number between 0 and 65535; 0 takes any free port')
  .min(0, 'is a number between 0 and 65535; 0 takes any free port')
  .max(65_535, 'is a number between 0 and 65535; 0 takes any free port');

const textSchema = z.string('is a text').trim().min(1, 'is empty; leave it out to take the default');

const switchSchema = z.union(
  [
    z.boolean(),
    z.enum(['1', 'true', 'on', 'yes']).transform(() => true),
    z.enum(['0', 'false', 'off', 'no']).transform(() => false),
  ],
  'is 1 or 0',
);

const settingsSchema = z.object({
  data: textSchema.default('./data').transform((folder) => resolve(folder)),
  host: textSchema.default('127.0.0.1'),
  port: portSchema.default(4000),
  mqttPort: portSchema.default(1883),
  mqttHost: textSchema.default('127.0.0.1'),
  mqttsPort: portSchema.optional(),
  mqttAnonymous: switchSchema.optional(),
  mqttUrl: z
    .url({ protocol: /^(mqtts?|wss?)$/, error: 'is an address such as mqtt://127.0.0.1:1883' })
    .optional(),
  mqttPacketBytes: z.coerce
    .number('is a number of bytes between 1024 and 268435455')
    .int('is a whole number of bytes')
    .min(1_024, 'is a number of bytes between 1024 and 268435455')
    .max(268_435_455, 'is a number of bytes between 1024 and 268435455')
    .default(262_144),
  demo: switchSchema.default(true),
  adminEmail: z.email('is an e-mail address such as ada@example.org').optional(),
  adminPassword: z
    .string()
    .min(12, 'is too short: a password has at least 12 characters')
    .max(1_000, 'is too long: a password has at most 1000 characters')
    .optional(),
  masterKeyFile: textSchema.transform((file) => resolve(file)).optional(),
  tlsCert: textSchema.transform((file) => resolve(file)).optional(),
  tlsKey: textSchema.transform((file) => resolve(file)).optional(),
  oidcIssuer: z
    .url({ protocol: /^https?$/, error: 'is the address of a provider such as https://accounts.example.org' })
    .optional(),
  oidcClientId: textSchema.optional(),
  oidcClientSecret: textSchema.optional(),
  oidcName: textSchema.max(60, 'is longer than 60 characters').optional(),
  oidcAllowedDomains: textSchema
    .regex(/^[\w.-]+(\s*,\s*[\w.-]+)*$/, 'is a list of domains such as example.org, example.com')
    .transform((text) => text.split(',').map((domain) => domain.trim().toLowerCase()))
    .optional(),
  safe: switchSchema.default(false),
  json: switchSchema.default(false),
});

/** All settings of the server, checked. Folders and files are absolute paths. */
export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type SettingName = keyof Settings;

/** The variable of the environment for each setting. */
export const ENVIRONMENT_NAMES: Readonly<Record<SettingName, string>> = {
  data: 'SLUICE_DATA',
  host: 'SLUICE_HOST',
  port: 'SLUICE_PORT',
  mqttPort: 'SLUICE_MQTT_PORT',
  mqttHost: 'SLUICE_MQTT_HOST',
  mqttsPort: 'SLUICE_MQTTS_PORT',
  mqttAnonymous: 'SLUICE_MQTT_ANONYMOUS',
  mqttUrl: 'SLUICE_MQTT_URL',
  mqttPacketBytes: 'SLUICE_MQTT_PACKET_BYTES',
  demo: 'SLUICE_DEMO',
  adminEmail: 'SLUICE_ADMIN_EMAIL',
  adminPassword: 'SLUICE_ADMIN_PASSWORD',
  masterKeyFile: 'SLUICE_MASTER_KEY_FILE',
  tlsCert: 'SLUICE_TLS_CERT',
  tlsKey: 'SLUICE_TLS_KEY',
  oidcIssuer: 'SLUICE_OIDC_ISSUER',
  oidcClientId: 'SLUICE_OIDC_CLIENT_ID',
  oidcClientSecret: 'SLUICE_OIDC_CLIENT_SECRET',
  oidcName: 'SLUICE_OIDC_NAME',
  oidcAllowedDomains: 'SLUICE_OIDC_ALLOWED_DOMAINS',
  safe: 'SLUICE_SAFE',
  json: 'SLUICE_JSON',
};

/** What backups are encrypted with, where the environment says so; no flag, because every user of the machine sees those. */
export function readBackupPassphrase(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const passphrase = environment['SLUICE_BACKUP_PASSPHRASE'];
  return passphrase === '' ? undefined : passphrase;
}

/** Where settings come from. Flags and the file use the names of `Settings`. */
export interface SettingSources {
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The process's own where it is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A JSON file with settings by name. */
  readonly configFile?: string;
}

/** Reads all settings. Throws `wrong-argument` with a sentence that names the setting and where its value came from. */
export function readSettings(sources: SettingSources = {}): Settings {
  const environment = sources.environment ?? process.env;
  const fromFile = sources.configFile === undefined ? {} : readConfigFile(sources.configFile);
  const raw: Record<string, unknown> = {};
  const origin = new Map<string, string>();
  const take = (name: string, value: unknown, from: string): void => {
    if (value === undefined || value === '') return;
    raw[name] = value;
    origin.set(name, from);
  };
  for (const [name, value] of Object.entries(fromFile))
    take(name, value, `“${name}” in ${sources.configFile}`);
  for (const [name, variable] of Object.entries(ENVIRONMENT_NAMES))
    take(name, environment[variable], variable);
  for (const [name, value] of Object.entries(sources.flags ?? {})) take(name, value, flagName(name));
  const parsed = settingsSchema.safeParse(raw);
  if (!parsed.success) throw wrongSetting(parsed.error, raw, origin);
  return checkTogether(parsed.data);
}

function checkTogether(settings: Settings): Settings {
  if ((settings.adminEmail === undefined) !== (settings.adminPassword === undefined)) {
    throw new SluiceError(
      'wrong-argument',
      'SLUICE_ADMIN_EMAIL and SLUICE_ADMIN_PASSWORD belong together: set both, or none and use the link printed on first start.',
    );
  }
  checkTls(settings);
  checkOidc(settings);
  if (settings.mqttAnonymous === true && !isOfThisMachine(settings.mqttHost)) {
    throw new SluiceError(
      'wrong-argument',
      `SLUICE_MQTT_ANONYMOUS is on and SLUICE_MQTT_HOST is ${settings.mqttHost}: whoever reaches that address could use all topics without a credential. Turn SLUICE_MQTT_ANONYMOUS off and give devices tokens, or let the broker listen on 127.0.0.1.`,
    );
  }
  return settings;
}

function checkOidc({ oidcIssuer, oidcClientId, oidcClientSecret }: Settings): void {
  const given = [oidcIssuer, oidcClientId, oidcClientSecret].filter((one) => one !== undefined);
  if (given.length !== 0 && given.length !== 3) {
    throw new SluiceError(
      'wrong-argument',
      'SLUICE_OIDC_ISSUER, SLUICE_OIDC_CLIENT_ID and SLUICE_OIDC_CLIENT_SECRET belong together: set all three, or none for sign-in by password only.',
    );
  }
  if (oidcIssuer === undefined) return;
  const { protocol, hostname } = new URL(oidcIssuer);
  if (protocol === 'http:' && !isOfThisMachine(hostname)) {
    throw new SluiceError(
      'wrong-argument',
      `SLUICE_OIDC_ISSUER is ${oidcIssuer}: whoever listens on the way could sign in as anybody. Give its https:// address.`,
    );
  }
}

function checkTls({ tlsCert, tlsKey, mqttsPort }: Settings): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SluiceError(
      'wrong-argument',
      'SLUICE_TLS_CERT and SLUICE_TLS_KEY belong together: set both to files in PEM, or none for a server without TLS.',
    );
  }
  if (mqttsPort !== undefined && tlsCert === undefined) {
    throw new SluiceError(
      'wrong-argument',
      'SLUICE_MQTTS_PORT takes a certificate: set SLUICE_TLS_CERT and SLUICE_TLS_KEY to files in PEM.',
    );
  }
}

/** Whether nobody but this machine reaches what listens on an address. */
export function isOfThisMachine(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === '::1' || host === 'localhost';
}

function wrongSetting(
  error: z.ZodError,
  raw: Readonly<Record<string, unknown>>,
  origin: ReadonlyMap<string, string>,
): SluiceError {
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? '');
  const shown = ['adminPassword', 'oidcClientSecret'].includes(name)
    ? ''
    : ` It is “${String(raw[name])}” now.`;
  return new SluiceError(
    'wrong-argument',
    `${origin.get(name) ?? name} ${issue?.message ?? 'does not fit'}.${shown}`,
  );
}

function flagName(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function readConfigFile(file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('wrong-argument', `The config file ${file} cannot be read: ${reason}.`, { cause });
  }
  const record = z.record(z.string(), z.unknown()).safeParse(parsed);
  if (!record.success) {
    throw new SluiceError('wrong-argument', `The config file ${file} is not a JSON object of settings.`);
  }
  const unknown = Object.keys(record.data).find((name) => !(name in ENVIRONMENT_NAMES));
  if (unknown !== undefined) {
    throw new SluiceError(
      'wrong-argument',
      `The config file ${file} has a setting “${unknown}” that does not exist. There are: ${Object.keys(ENVIRONMENT_NAMES).join(', ')}.`,
    );
  }
  return record.data;
}
