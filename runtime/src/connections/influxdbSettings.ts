import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';
import type { TlsSettings } from './tlsSettings.ts';
import { readTlsSettings } from './tlsSettings.ts';

const configSchema = z.object({
  url: z.url({ protocol: /^https?$/ }),
  org: z.string().min(1),
  bucket: z.string().min(1),
});
export type InfluxdbSettings = z.output<typeof configSchema> & { readonly tls: TlsSettings };

/** Reads the settings of a connection to InfluxDB. Throws a `SluiceError` whose sentence names the connection. */
export function readInfluxdbSettings(
  name: string,
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): InfluxdbSettings {
  const parsed = configSchema.safeParse(config);
  if (parsed.success) {
    return {
      ...parsed.data,
      tls: readTlsSettings(name, config, secrets, new URL(parsed.data.url).protocol === 'https:'),
    };
  }
  throw new SluiceError(
    'invalid-input',
    `The connection “${name}” needs the address of InfluxDB, such as http://192.168.1.10:8086, an organization and a bucket.`,
  );
}
