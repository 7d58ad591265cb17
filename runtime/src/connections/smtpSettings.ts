import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';
import type { TlsSettings } from './tlsSettings.ts';
import { readTlsSettings } from './tlsSettings.ts';

const configSchema = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(587),
  secure: z.boolean().default(false),
  username: z.string().default(''),
  from: z.string().min(3),
});
export type SmtpSettings = z.output<typeof configSchema> & { readonly tls: TlsSettings };

/** Reads the settings of a connection to a mail server. Throws a `SluiceError` whose sentence names the connection. */
export function readSmtpSettings(
  name: string,
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): SmtpSettings {
  const parsed = configSchema.safeParse(config);
  // Every session is upgraded to TLS where it does not begin with it.
  if (parsed.success) {
    return { ...parsed.data, tls: readTlsSettings(name, config, secrets, true) };
  }
  throw new SluiceError(
    'invalid-input',
    `The connection “${name}” needs the name of a mail server, its port and a sender such as alerts@example.com.`,
  );
}
