import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { catchNode } from './schema.ts';

export const catchRunner = implementStep(catchNode, () => ({
  receive: (messages, emit) => emit.all('out', messages),
}));
