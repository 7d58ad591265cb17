import * as z from 'zod';
import { jsonSchema } from '../message/value.ts';

/** What people see in the place of a secret. */
export const MASK = '••••••';

export const headersSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** A message as people see it: cut to 10 kB, bytes as text, secrets masked (EN14). */
export const shownMessageSchema = z.object({
  id: z.string(),
  time: z.number(),
  topic: z.string(),
  device: z.string().optional(),
  payload: jsonSchema,
  headers: headersSchema,
  /** Set where the payload was cut or is bytes: what it was. */
  cut: z.object({ bytes: z.number(), kind: z.enum(['cut', 'bytes']) }).optional(),
});
export type ShownMessage = z.output<typeof shownMessageSchema>;
