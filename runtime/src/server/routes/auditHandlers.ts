import type { Handlers } from '../http/mount.ts';

/** Who did what, and how long things are kept. */
export const auditHandlers: Pick<
  Handlers,
  'audit' | 'checkAudit' | 'exportAudit' | 'retention' | 'saveRetention'
> = {
  audit: ({ workspace, query: { before, limit, ...filter } }) => workspace.audit.page(filter, before, limit),
  checkAudit: ({ workspace }) => workspace.audit.check(),
  exportAudit: ({ workspace, query: { format, ...filter } }) => workspace.audit.file(filter, format),
  retention: ({ workspace }) => workspace.retention.current(),
  saveRetention: ({ workspace, actor, body }) => workspace.retention.save(actor, body),
};
