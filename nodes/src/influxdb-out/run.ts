import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { whatIsFound } from '@sluice/shared/message/number.ts';
import { readerOf, textOf } from '@sluice/shared/message/path.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import type { Point } from './lineProtocol.ts';
import { lineOf } from './lineProtocol.ts';
import type { InfluxdbOutConfig } from './schema.ts';
import { influxdbOutNode } from './schema.ts';

type Fields = Point['fields'];

export const influxdbOutRunner = implementWaiter(influxdbOutNode, (config, context) => {
  const database = context.connection('influxdb', config.connection);
  const fieldsOf = config.fields.length === 0 ? allFields : chosenFields(config.fields);
  const tags = config.tags.map(({ tag, text }) => ({ tag, evaluate: context.evaluator(text) }));

  const line = (message: Message) =>
    lineOf({
      measurement: config.measurement,
      tags: [
        ['device', message.device ?? ''],
        ...tags.map(({ tag, evaluate }) => [tag, textOf(evaluate(message))] as const),
      ],
      fields: fieldsOf(message),
      time: message.time,
    });

  return {
    handle: async (messages, emit, signal) => {
      const stored: Message[] = [];
      const lines: string[] = [];
      for (const message of messages) {
        try {
          lines.push(line(message));
          stored.push(message);
        } catch (error) {
          emit.error(message, sentenceOf(error));
        }
      }
      if (lines.length === 0) return;
      try {
        await database.write(lines, signal);
      } catch (error) {
        // Not thrown: those that failed by themselves have their own sentence already.
        for (const message of stored) emit.error(message, sentenceOf(error));
      }
    },
  };
});

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isValue(value: Payload | undefined): value is number | string | boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

function allFields({ payload }: Message): Fields {
  if (isValue(payload)) return [['value', payload]];
  const found = isJsonObject(payload)
    ? Object.entries(payload).filter((entry): entry is [string, number | string | boolean] =>
        isValue(entry[1]),
      )
    : [];
  if (found.length === 0)
    throw new Error(
      `payload ${whatIsFound(payload)}; nothing in it is a number, a text or a truth value to store.`,
    );
  return found;
}

function chosenFields(fields: InfluxdbOutConfig['fields']): (message: Message) => Fields {
  const readers = fields.map(({ name, value }) => ({ name, path: value, read: readerOf(value) }));
  return (message) => {
    const found = readers.flatMap(({ name, path, read }) => {
      const value = read(message);
      if (value === undefined || value === null) return [];
      if (!isValue(value))
        throw new Error(`${path} ${whatIsFound(value)}. InfluxDB stores numbers, texts and truth values.`);
      return [[name, value] as const];
    });
    if (found.length === 0)
      throw new Error(`The message has none of the fields ${fields.map(({ value }) => value).join(', ')}.`);
    return found;
  };
}
