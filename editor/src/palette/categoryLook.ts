import type { Category } from '@sluice/shared/node/defineNode.ts';

/** The thin strip of colour by which groups of nodes differ; the words and icons say the same. */
export const STRIPS: Record<Category, string> = {
  inputs: 'bg-group-inputs',
  logic: 'bg-group-logic',
  time: 'bg-group-time',
  transform: 'bg-group-transform',
  actions: 'bg-group-actions',
  flow: 'bg-group-flow',
};
