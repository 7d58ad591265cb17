import { type Limits, limitsSchema } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { LIMIT_FIELDS, limitProblems, shownLimit, withLimit } from './limitFields.ts';

const LIMITS: Limits = {
  flows: 10,
  nodesPerFlow: 20,
  storageBytes: 5_000_000,
  deadLettersPerFlow: 100,
  deadLettersAMinute: 5,
  devices: 100,
  messagesASecond: 1_000,
};

describe('the form of the limits', () => {
  it('has a field for each limit', () => {
    expect(LIMIT_FIELDS.map(({ name }) => name).sort()).toEqual(Object.keys(limitsSchema.shape).sort());
  });

  it('shows the storage in MB, and keeps it in bytes', () => {
    const storage = LIMIT_FIELDS.find(({ name }) => name === 'storageBytes');
    if (storage === undefined) throw new Error('There is no field for the storage.');
    expect(shownLimit(LIMITS, storage)).toBe(5);
    expect(withLimit(LIMITS, storage, 7.5).storageBytes).toBe(7_500_000);
  });

  it('says what is wrong with a number, and nothing about those that fit', () => {
    expect(limitProblems(LIMITS).size).toBe(0);
    const wrong = { ...LIMITS, flows: 0, nodesPerFlow: 2_001, storageBytes: Number.NaN };
    expect([...limitProblems(wrong)]).toEqual([
      ['flows', 'Flows: a whole number, between 1 and 100,000.'],
      ['nodesPerFlow', 'Nodes of one flow: a whole number, between 1 and 2,000.'],
      ['storageBytes', 'Storage: a whole number, at least 1 MB.'],
    ]);
  });
});
