import type { Alarm } from '@sluice/shared/protocol/http.ts';
import { expect, it } from 'vitest';
import { byUrgency } from './severity.ts';

it('the worst comes first, and among equals the newest', () => {
  const alarm = (severity: Alarm['severity'], raisedAt: number) => ({ severity, raisedAt }) as Alarm;
  const sorted = [alarm('warning', 9), alarm('major', 1), alarm('critical', 2), alarm('major', 5)].sort(
    byUrgency,
  );
  expect(sorted.map((one) => `${one.severity} ${one.raisedAt}`)).toEqual([
    'critical 2',
    'major 5',
    'major 1',
    'warning 9',
  ]);
});
