import { withPayload } from '@sluice/shared/message/message.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { debugNode } from './schema.ts';

export const debugRunner = implementStep(debugNode, (config, context) => {
  const label = config.label === '' ? context.node.name : config.label;
  const read = config.show === undefined ? undefined : readerOf(config.show);
  return {
    receive: (messages) => {
      for (const message of messages)
        context.debug(read === undefined ? message : withPayload(message, read(message) ?? null), label);
    },
  };
});
