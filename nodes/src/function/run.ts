import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Waiter } from '@sluice/shared/node/implementNode.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { programWaiter } from '@sluice/shared/node/programWaiter.ts';
import { messagesOf } from './result.ts';
import type { FunctionConfig, FunctionPort } from './schema.ts';
import { functionNode, portOf } from './schema.ts';

export const functionRunner = implementWaiter(
  functionNode,
  ({ code, outputs }: FunctionConfig, context: NodeContext): Waiter<FunctionPort> =>
    programWaiter(context, { kind: 'function', code, outputs }, (message, value, emit) => {
      for (const [index, messages] of messagesOf(value, message, outputs).entries())
        emit.all(portOf(index), messages);
    }),
);
