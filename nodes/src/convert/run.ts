import type { Message } from '@sluice/shared/message/message.ts';
import { isNumber, notANumber } from '@sluice/shared/message/number.ts';
import { readerOf } from '@sluice/shared/message/path.ts';
import { writerOf } from '@sluice/shared/message/writer.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import type { ConvertConfig } from './schema.ts';
import { convertNode } from './schema.ts';
import { converter, unitOf } from './units.ts';

export const convertRunner = implementStep(convertNode, (config) => {
  const read = readerOf(config.value);
  const write = writerOf(config.value);
  const convert = converting(config);
  return {
    receive: (messages, emit) => {
      const converted: Message[] = [];
      for (const message of messages) {
        const value = read(message);
        if (!isNumber(value)) {
          emit.error(message, notANumber(config.value, value));
          continue;
        }
        const result = convert(value);
        if (Number.isFinite(result)) converted.push(write(message, result));
        else emit.error(message, `${config.value} is ${value} ${config.from}: too large for ${config.to}.`);
      }
      emit.all('out', converted);
    },
  };
});

function converting({ from, to, decimals }: ConvertConfig): (value: number) => number {
  const source = unitOf(from);
  const target = unitOf(to);
  if (source === undefined || target === undefined)
    throw new Error(`The unit “${source === undefined ? from : to}” is not known.`);
  const convert = converter(source, target);
  if (decimals === undefined) return convert;
  return (value) => rounded(convert(value), decimals);
}

/** Rounds half away from zero, as people do, and by decimal digits: 1.005 to two places is 1.01. */
function rounded(value: number, decimals: number): number {
  const text = Math.abs(value).toString();
  if (text.includes('e')) return Number(value.toFixed(decimals));
  return Math.sign(value) * Number(`${Math.round(Number(`${text}e${decimals}`))}e-${decimals}`);
}
