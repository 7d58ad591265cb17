import type { Connection } from '@sluice/shared/protocol/http.ts';
import { readInfluxdbSettings } from './influxdbSettings.ts';
import { readMqttSettings } from './mqttSettings.ts';
import { readSmtpSettings } from './smtpSettings.ts';
import { checkTlsDates } from './tlsSettings.ts';

/**
 * Throws the `SluiceError` that opening the connection would throw, and one for a certificate that does not count at `now`
 * (ms since the epoch); opens nothing and loads no client library.
 */
export function checkSettings(
  { type, name, config }: Pick<Connection, 'type' | 'name' | 'config'>,
  secrets: Readonly<Record<string, string>>,
  now: number,
): void {
  checkType(type, name, config, secrets);
  checkTlsDates(name, config, now);
}

function checkType(
  type: Connection['type'],
  name: string,
  config: Connection['config'],
  secrets: Readonly<Record<string, string>>,
): void {
  switch (type) {
    case 'mqtt':
      readMqttSettings(name, config, secrets);
      return;
    case 'influxdb':
      readInfluxdbSettings(name, config, secrets);
      return;
    case 'smtp':
      readSmtpSettings(name, config, secrets);
  }
}
