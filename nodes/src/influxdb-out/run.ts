import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { whatIsFound } from '@sluice/shared/message/number.ts';
import { readerOf, textOf } from '@sluice/shared/message/path.ts';
import type { WaiterEmit } from '@sluice/shared/node/implementNode.ts';
import { implementWaiter, reportFailure } from '@sluice/shared/node/implementNode.ts';
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
      const entries: Entry[] = [];
      for (const message of messages) {
        try {
          entries.push({ message, line: line(message) });
        } catch (error) {
          reportFailure(emit, message, error);
        }
      }
      if (entries.length > 0) await store(entries, (lines) => database.write(lines, signal), emit);
    },
  };
});

interface Entry {
  readonly message: Message;
  readonly line: string;
}

/**
 * Writes all. Where the database refuses what is written, each half is written by itself, until those that it cannot
 * take are alone: at most twice as many writes as there are lines. A point that is written twice is one point.
 */
async function store(
  entries: readonly Entry[],
  write: (lines: readonly string[]) => Promise<void>,
  emit: WaiterEmit<never>,
): Promise<void> {
  try {
    await write(entries.map(({ line }) => line));
  } catch (error) {
    const isRefused = error instanceof SluiceError && error.code === 'invalid-input';
    if (!isRefused || entries.length === 1) {
      for (const { message } of entries) reportFailure(emit, message, error);
      return;
    }
    const middle = entries.length >> 1;
    await store(entries.slice(0, middle), write, emit);
    await store(entries.slice(middle), write, emit);
  }
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
