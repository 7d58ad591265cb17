import { cut } from '@sluice/shared/message/format.ts';
import type { DeviceSelector } from '@sluice/shared/node/field.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { deviceInputNode } from './schema.ts';

export const deviceInputForm = defineForm(deviceInputNode, {
  order: ['devices', 'measurement', 'unit', 'timeField'],
  advanced: ['timeField'],
  showWhen: { unit: ({ measurement }) => measurement !== undefined && measurement !== '' },
  sentence: ({ devices, measurement = '', unit = '' }) => {
    if (measurement === '') return whichDevices(devices);
    return `${cut(measurement, 24)}${unit === '' ? '' : ` in ${cut(unit, 8)}`} of ${whichDevices(devices)}`;
  },
});

function whichDevices({ ids = [], model = '', tags = [] }: DeviceSelector): string {
  const [first, ...more] = ids;
  if (first !== undefined) return more.length === 0 ? cut(first, 30) : `${ids.length} devices`;
  const parts = [
    ...(model === '' ? [] : [`model ${cut(model, 16)}`]),
    ...(tags.length === 0 ? [] : [`tag ${cut(tags.join(' and '), 20)}`]),
  ];
  return parts.length === 0 ? 'all devices' : `devices with ${parts.join(' and ')}`;
}
