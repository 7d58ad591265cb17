import { expect, it } from 'vitest';
import { RunnerDevices } from './deviceDirectory.ts';

it('a selector asks for everything that it names, and an empty one for any device', () => {
  const devices = new RunnerDevices(
    [{ id: 'f1', name: 'Freezer 1', model: 'freezer', tags: ['north', 'cold'] }],
    { connection: 'embedded', filter: 'devices/+/telemetry' },
  );
  expect(devices.matches({}, 'nobody-knows')).toBe(true);
  expect(devices.matches({ ids: [], model: '', tags: [] }, 'nobody-knows')).toBe(true);
  expect(devices.matches({ ids: ['f1'] }, 'f1')).toBe(true);
  expect(devices.matches({ ids: ['f1'] }, 'f2')).toBe(false);
  expect(devices.matches({ model: 'freezer', tags: ['cold', 'north'] }, 'f1')).toBe(true);
  expect(devices.matches({ model: 'freezer', tags: ['cold', 'south'] }, 'f1')).toBe(false);
  expect(devices.matches({ model: 'freezer' }, 'nobody-knows')).toBe(false);
  expect([devices.name('f1'), devices.name('f9')]).toEqual(['Freezer 1', 'f9']);
  devices.replace([]);
  expect(devices.matches({ model: 'freezer' }, 'f1')).toBe(false);
});
