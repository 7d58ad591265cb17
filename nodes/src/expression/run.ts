import { writerOf } from '@sluice/shared/message/writer.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Waiter } from '@sluice/shared/node/implementNode.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { programWaiter } from '@sluice/shared/node/programWaiter.ts';
import type { ExpressionConfig } from './schema.ts';
import { expressionNode } from './schema.ts';

export const expressionRunner = implementWaiter(
  expressionNode,
  ({ expression, path }: ExpressionConfig, context: NodeContext): Waiter<'out'> => {
    const write = writerOf(path);
    return programWaiter(context, { kind: 'expression', source: expression }, (message, value, emit) => {
      if (value === undefined)
        throw new Error(
          'The expression gave nothing for this message: a field that it asks for is missing. Give it a default, as in payload.a ? payload.a : 0.',
        );
      emit('out', write(message, value));
    });
  },
);
