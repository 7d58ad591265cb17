import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import { statusFailure } from '@sluice/shared/node/httpStatus.ts';
import { implementWaiter, reportFailure } from '@sluice/shared/node/implementNode.ts';
import { createRate } from './rate.ts';
import type { NotifyConfig } from './schema.ts';
import { addressesOf, notifyNode } from './schema.ts';

type Tell = (message: Message, signal: AbortSignal) => Promise<void>;

export const notifyRunner = implementWaiter(notifyNode, (config, context) => {
  const tell = config.channel === 'email' ? byMail(config, context) : byWebhook(config, context);
  const rate = createRate(toMs(config.atMostEvery));
  return {
    handle: async (messages, emit, signal) => {
      for (const message of messages) {
        const now = context.clock.now();
        if (!rate.take(keyOf(message), now)) {
          emit('held', message);
          continue;
        }
        try {
          await tell(message, signal);
          emit('out', message);
        } catch (error) {
          rate.giveBack(keyOf(message), now);
          reportFailure(emit, message, error);
        }
      }
    },
  };
});

function byMail(config: NotifyConfig, context: NodeContext): Tell {
  if (config.connection === undefined)
    return () => Promise.reject(new Error('No mail server is chosen in the settings of this node.'));
  const server = context.connection('smtp', config.connection);
  const to = addressesOf(config.to).join(', ');
  const subject = context.evaluator(config.subject);
  const text = context.evaluator(config.text);
  return (message, signal) =>
    server.send(
      // A line break in a subject would start another header.
      { to, subject: textOf(subject(message)).replaceAll(/[\r\n]+/g, ' '), text: textOf(text(message)) },
      signal,
    );
}

function byWebhook(config: NotifyConfig, context: NodeContext): Tell {
  const url = context.evaluator(config.url);
  const text = context.evaluator(config.text);
  return async (message, signal) => {
    const { device, topic, payload, time } = message;
    const address = textOf(url(message));
    const body = {
      text: textOf(text(message)),
      device: device ?? null,
      topic,
      value: payload instanceof Uint8Array ? null : payload,
      time: new Date(time).toISOString(),
      flow: context.flow.name,
    };
    const response = await context.http.request(
      {
        method: 'POST',
        url: address,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      signal,
    );
    if (response.status >= 400) throw statusFailure(`POST ${address}`, response);
  };
}
