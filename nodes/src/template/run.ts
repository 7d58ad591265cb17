import type { Json } from '@sluice/shared/message/message.ts';
import { writerOf } from '@sluice/shared/message/writer.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import type { Waiter } from '@sluice/shared/node/implementNode.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { programWaiter } from '@sluice/shared/node/programWaiter.ts';
import type { TemplateConfig } from './schema.ts';
import { templateNode } from './schema.ts';

export const templateRunner = implementWaiter(
  templateNode,
  (config: TemplateConfig, context: NodeContext): Waiter<'out'> => {
    const write = writerOf(config.path);
    const source = { kind: 'template', source: config.template } as const;
    return programWaiter(context, source, (message, value, emit) => {
      const result = config.as === 'json' ? readJson(value) : (value ?? '');
      emit('out', write(message, result));
    });
  },
);

function readJson(rendered: Json | undefined): Json {
  try {
    return JSON.parse(typeof rendered === 'string' ? rendered : '') as Json;
  } catch (error) {
    throw new Error(
      `The result of the template is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}
