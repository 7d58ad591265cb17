import { defineExamples } from '@sluice/shared/node/form.ts';
import { commentNode } from './schema.ts';

/** A note does nothing that could be shown. */
export const commentExamples = defineExamples(commentNode, []);
