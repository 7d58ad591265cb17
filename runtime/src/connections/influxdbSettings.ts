import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';

const configSchema = z.object({
  url: z.url({ protocol: /^https?$/ }),
  org: z.string().min(1),
  bucket: z.string().min(1),
});
export type InfluxdbSettings = z.output<typeof configSchema>;

/** Reads the settings of a connection to InfluxDB. Throws a `SluiceError` whose sentence names the connection. */
export function readInfluxdbSettings(
  name: string,
  config: Readonly<Record<string, unknown>>,
): InfluxdbSettings {
  const parsed = configSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new SluiceError(
    'invalid-input',
    `The connection “${name}” needs the address of InfluxDB, such as http://192.168.1.10:8086, an organization and a bucket.`,
  );
}
