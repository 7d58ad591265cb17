import type { Message } from '@sluice/shared/message/message.ts';
import { readerOf, textOf } from '@sluice/shared/message/path.ts';
import type { AlarmReport } from '@sluice/shared/node/context.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import type { AlarmConfig } from './schema.ts';
import { alarmNode } from './schema.ts';

export const alarmRunner = implementWaiter(alarmNode, (config, context) => {
  const text = context.evaluator(config.text);
  const key = context.evaluator(config.key);
  const readValue = config.value === undefined ? undefined : readerOf(config.value);

  const report = (message: Message): AlarmReport => {
    const value = readValue?.(message) ?? null;
    return {
      key: textOf(key(message)),
      device: message.device,
      state: stateOf(config.action, message),
      severity: config.severity,
      text: textOf(text(message)),
      time: message.time,
      value: value instanceof Uint8Array ? null : value,
    };
  };

  return {
    handle: async (messages, emit) => {
      const reported: Message[] = [];
      const reports: AlarmReport[] = [];
      for (const message of messages) {
        try {
          reports.push(report(message));
          reported.push(message);
        } catch (error) {
          emit.error(message, sentenceOf(error));
        }
      }
      if (reports.length === 0) return;
      try {
        await context.reportAlarms(reports);
        emit.all('out', reported);
      } catch (error) {
        // The list of alarms is Sluice's own: a server that is away or a full disk passes, so that nothing is for good.
        for (const message of reported) emit.later(message, sentenceOf(error));
      }
    },
  };
});

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `threshold` and `watchdog` say in a header of their name on which transition a message was sent. */
function stateOf(action: AlarmConfig['action'], { headers }: Message): AlarmReport['state'] {
  if (action !== 'auto') return action === 'raise' ? 'active' : 'cleared';
  return headers['threshold'] === 'cleared' || headers['watchdog'] === 'back' ? 'cleared' : 'active';
}
