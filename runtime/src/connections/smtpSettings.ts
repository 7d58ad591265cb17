import { SluiceError } from '@sluice/shared/errors.ts';
import * as z from 'zod';

const configSchema = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(587),
  secure: z.boolean().default(false),
  username: z.string().default(''),
  from: z.string().min(3),
});
export type SmtpSettings = z.output<typeof configSchema>;

/** Reads the settings of a connection to a mail server. Throws a `SluiceError` whose sentence names the connection. */
export function readSmtpSettings(name: string, config: Readonly<Record<string, unknown>>): SmtpSettings {
  const parsed = configSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new SluiceError(
    'invalid-input',
    `The connection “${name}” needs the name of a mail server, its port and a sender such as alerts@example.com.`,
  );
}
