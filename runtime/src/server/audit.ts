import type { AuditCheck, AuditFilter, AuditLog, ChainedEntry, ChainLink } from '../storage/audit.ts';
import type { RunnerTime } from '../runner/time.ts';
import { auditFile } from './auditFile.ts';
import { nextTurn } from './deadLetterReplay.ts';
import type { FileAnswer } from './http/fileAnswer.ts';

/** The audit log of one workspace, for those who may read it. */
export interface WorkspaceAudit {
  /** The newest first; with `before`, those older than the entry of this id. */
  page(filter: AuditFilter, before: number | undefined, limit: number): ChainedEntry[];
  /** Looks through all of the chain, others being served meanwhile. */
  check(): Promise<AuditCheck>;
  file(filter: AuditFilter, format: 'csv' | 'ndjson'): FileAnswer;
}

export interface WorkspaceAuditOptions {
  readonly workspace: string;
  readonly audit: AuditLog;
  readonly time: RunnerTime;
}

const STRETCH = 500;

export function createWorkspaceAudit(options: WorkspaceAuditOptions): WorkspaceAudit {
  const { workspace, audit, time } = options;
  return {
    page: (filter, before, limit) => audit.page(workspace, filter, before, limit),
    async check() {
      let entries = 0;
      let link: ChainLink | undefined;
      for (;;) {
        const { next, ...part } = audit.check(workspace, link, STRETCH);
        entries += part.entries;
        if (next === undefined) return { ...part, entries };
        link = next;
        await nextTurn(time);
      }
    },
    file: (filter, format) => auditFile({ ...options, filter, format }),
  };
}
