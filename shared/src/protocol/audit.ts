import * as z from 'zod';
import { routesOf } from './route.ts';

// Who did what, and for how long things are kept.

export const auditEntrySchema = z.object({
  id: z.number(),
  at: z.number(),
  /** The e-mail of the account, `token <name> of <e-mail>`, `device <id>`, or `sluice` for the server itself. */
  who: z.string(),
  address: z.string(),
  /** As `flow.deploy`. */
  what: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** SHA-256, hex, over the hash before it and this entry; empty for entries from before there were hashes. */
  hash: z.string(),
});
export type AuditEntry = z.output<typeof auditEntrySchema>;

/** Days that things are kept; what is older is deleted once a day. */
export const retentionSchema = z.object({
  auditDays: z.number().int().min(30).max(3_650),
  deadLetterDays: z.number().int().min(1).max(366),
  traceDays: z.number().int().min(1).max(90),
});
export type Retention = z.output<typeof retentionSchema>;

const auditFilterSchema = z.object({
  who: z.string().max(254).optional(),
  what: z.string().max(100).optional(),
  from: z.coerce.number().optional(),
  until: z.coerce.number().optional(),
});

export const AUDIT_ROUTES = routesOf({
  audit: {
    method: 'get',
    path: '/api/audit',
    permission: 'admin',
    summary: 'Who did what in this workspace, newest first',
    query: auditFilterSchema.extend({
      /** The id of an entry: those older than it. */
      before: z.coerce.number().optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    response: z.array(auditEntrySchema),
  },
  checkAudit: {
    method: 'get',
    path: '/api/audit/check',
    permission: 'admin',
    summary: 'Whether the chain of the audit log is whole',
    response: z.object({
      isWhole: z.boolean(),
      entries: z.number(),
      /** The id of the first entry that does not fit. */
      brokenAt: z.number().optional(),
    }),
  },
  exportAudit: {
    method: 'get',
    path: '/api/audit/export',
    permission: 'admin',
    summary: 'The audit log as a file, oldest first: CSV for spreadsheets, or one JSON object a line',
    query: auditFilterSchema.extend({ format: z.enum(['csv', 'ndjson']).default('csv') }),
    response: z.string(),
    isFile: true,
  },
  retention: {
    method: 'get',
    path: '/api/retention',
    permission: 'admin',
    summary: 'How long things are kept',
    response: retentionSchema,
  },
  saveRetention: {
    method: 'put',
    path: '/api/retention',
    permission: 'admin',
    summary: 'Set how long things are kept',
    body: retentionSchema,
    response: retentionSchema,
  },
});
