import { type Retention, retentionSchema } from '@sluice/shared/protocol/audit.ts';
import type { Deployment, FlowSummary } from '@sluice/shared/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { limitUse } from './limitUse.ts';
import { outsideAddresses } from './outsideAddresses.ts';
import { deletedBy, RETENTION_FIELDS, retentionProblems } from './retentionFields.ts';
import { settingsWays, whoMayOpen } from './settingsWays.ts';

const VIEWER = { role: 'viewer', isOwner: false } as const;
const ADMIN = { role: 'admin', isOwner: false } as const;
const OWNER = { role: 'admin', isOwner: true } as const;

describe('the pages under Settings', () => {
  it('are those that the role may see', () => {
    const pages = (user: Parameters<typeof settingsWays>[0]) =>
      settingsWays(user).flatMap(({ ways }) => ways.map(({ to }) => to));
    expect(pages(VIEWER)).not.toContain('/settings/people');
    expect(pages(ADMIN)).toContain('/settings/people');
    expect(pages(ADMIN)).not.toContain('/settings/workspaces');
    expect(pages(OWNER)).toContain('/settings/workspaces');
  });

  it('say whom they are for to those who open one by its address', () => {
    expect(whoMayOpen(VIEWER, '/settings/people')).toBe(
      '“People” is for people with the role admin. Ask an admin of this workspace for it.',
    );
    expect(whoMayOpen(ADMIN, '/settings/workspaces')).toBe('“Workspaces” is for who owns this server.');
    expect(whoMayOpen(VIEWER, '/settings/people/')).toBe(whoMayOpen(VIEWER, '/settings/people'));
    expect(whoMayOpen(VIEWER, '/settings')).toBeUndefined();
    expect(whoMayOpen(OWNER, '/settings/workspaces')).toBeUndefined();
    expect(whoMayOpen(VIEWER, '/settings/nowhere')).toBeUndefined();
  });
});

describe('the addresses for the outside', () => {
  it('are short in the first workspace, and under its name in any other', () => {
    const texts = (workspace: string) =>
      outsideAddresses('https://plant.example', workspace).map(({ text }) => text);
    expect(texts('main')).toEqual(['https://plant.example/in', 'https://plant.example/ingest/DEVICE']);
    expect(texts('bakery-1')).toEqual([
      'https://plant.example/w/bakery-1/in',
      'https://plant.example/ingest/DEVICE',
    ]);
  });
});

describe('how long things are kept', () => {
  const kept: Retention = { auditDays: 365, deadLetterDays: 90, traceDays: 7 };

  it('has a field for each', () => {
    expect(RETENTION_FIELDS.map(({ name }) => name).sort()).toEqual(
      Object.keys(retentionSchema.shape).sort(),
    );
  });

  it('says what is wrong with a number of days', () => {
    expect(retentionProblems(kept).size).toBe(0);
    expect([...retentionProblems({ auditDays: 29, deadLetterDays: Number.NaN, traceDays: 1.5 })]).toEqual([
      ['auditDays', 'Audit log: whole days, between 30 and 3,650.'],
      ['deadLetterDays', 'Failed messages: whole days, between 1 and 366.'],
      ['traceDays', 'Traces: whole days, between 1 and 90.'],
    ]);
  });

  it('says what goes at once when it is kept for less, and nothing when it is kept for longer', () => {
    expect(deletedBy(kept, { ...kept, auditDays: 400 })).toEqual([]);
    expect(deletedBy(kept, { auditDays: 100, deadLetterDays: 90, traceDays: 1 })).toEqual([
      'All entries of the audit log that are older than 100 days.',
      'All traces that are older than 1 day.',
    ]);
  });
});

describe('limitUse', () => {
  const flow = (name: string, nodeCount: number, state?: Deployment['state']): FlowSummary => ({
    id: name,
    name,
    nodeCount,
    revision: 1,
    updatedAt: 0,
    updatedBy: '',
    sentence: '',
    changed: false,
    ...(state === undefined ? {} : { deployment: { flow: name, version: 1, state, sentence: '', since: 0 } }),
  });

  it('says how much of a limit is used, as far as it is known', () => {
    expect(
      limitUse({ flows: undefined, devices: undefined, figures: undefined, failed: undefined }).size,
    ).toBe(0);
    const group = { node: 'n', newestAt: 0, oldestAt: 0 };
    const use = limitUse({
      flows: [flow('A', 3, 'running'), flow('B', 7)],
      devices: 1,
      figures: { flows: [] },
      failed: [
        { ...group, flow: 'A', sentence: 'x', count: 2 },
        { ...group, flow: 'A', sentence: 'y', count: 3 },
        { ...group, flow: 'B', sentence: 'x', count: 4 },
      ],
    });
    expect(Object.fromEntries(use)).toEqual({
      flows: 'Now: 2 flows, 1 running.',
      nodesPerFlow: 'Now: 7 nodes in “B”, the largest.',
      devices: 'Now: 1 device.',
      messagesASecond: 'Now: 0 a second.',
      deadLettersPerFlow: 'Now: at most 5 of one flow.',
    });
  });
});
