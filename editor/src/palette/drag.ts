import { jsonSchema } from '@sluice/shared/message/value.ts';
import * as z from 'zod';

/** What is on its way from the palette to the canvas: a node type, perhaps with settings. */
const presetSchema = z.object({
  type: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), jsonSchema).optional(),
});
export type NodePreset = z.output<typeof presetSchema>;

export const DRAGGED_TYPE = 'application/x-sluice-node';

export function dragPreset(transfer: DataTransfer, preset: NodePreset): void {
  transfer.setData(DRAGGED_TYPE, JSON.stringify(preset));
  transfer.effectAllowed = 'copy';
}

/** What was dropped; `undefined` when it did not come from a palette. */
export function draggedPreset(transfer: DataTransfer): NodePreset | undefined {
  const text = transfer.getData(DRAGGED_TYPE);
  if (text === '') return undefined;
  try {
    return presetSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
