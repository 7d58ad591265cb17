import type { Connection } from '@sluice/shared/protocol/http.ts';
import { readInfluxdbSettings } from './influxdbSettings.ts';
import { readMqttSettings } from './mqttSettings.ts';
import { readSmtpSettings } from './smtpSettings.ts';

/** Throws the `SluiceError` that opening the connection would throw; opens nothing and loads no client library. */
export function checkSettings(
  { type, name, config }: Pick<Connection, 'type' | 'name' | 'config'>,
  secrets: Readonly<Record<string, string>>,
): void {
  switch (type) {
    case 'mqtt':
      readMqttSettings(name, config, secrets);
      return;
    case 'influxdb':
      readInfluxdbSettings(name, config);
      return;
    case 'smtp':
      readSmtpSettings(name, config);
  }
}
