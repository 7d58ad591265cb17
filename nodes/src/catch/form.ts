import { defineForm } from '@sluice/shared/node/form.ts';
import { catchNode } from './schema.ts';

export const catchForm = defineForm(catchNode, { sentence: () => 'errors of this flow' });
