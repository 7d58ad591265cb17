import { defineExamples } from '@sluice/shared/node/form.ts';
import { debounceNode } from './schema.ts';

export const debounceExamples = defineExamples(debounceNode, [
  {
    name: 'A door contact that bounces',
    config: { quiet: '2s' },
    in: [
      { at: 0, device: 'door', payload: { open: true } },
      { at: 50, device: 'door', payload: { open: false } },
      { at: 90, device: 'door', payload: { open: true } },
    ],
    until: 2090,
    out: [{ device: 'door', payload: { open: true } }],
  },
  {
    name: 'A button that counts once, at once',
    config: { quiet: '500ms', send: 'first' },
    in: [
      { at: 0, device: 'button', payload: 1 },
      { at: 100, device: 'button', payload: 2 },
      { at: 700, device: 'button', payload: 3 },
    ],
    out: [{ payload: 1 }, { payload: 3 }],
  },
]);
