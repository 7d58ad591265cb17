import { deadLetters } from '../api.ts';
import type { Bed } from '../bed.ts';
import { ALERT_FLOW, wayOf } from '../flows.ts';
import { settleAndJudge } from '../report.ts';
import { sleep } from '../time.ts';
import type { Case } from './case.ts';

/** One message in a hundred. */
const EVERY = 100;

/** Messages that cannot be read or have the wrong type are in the dead letters, exactly those, and hold nothing up. */
export const poisonMessages: Case = {
  name: 'poison',
  brokers: ['mosquitto', 'embedded'],
  shortBrokers: ['mosquitto'],
  bed: () => ({ load: { poison: poisonOf } }),
  run: async (bed, { isShort }) => {
    await sleep(isShort ? 3_000 : 60_000);
    const { figures, breaches } = await settleAndJudge(bed, {
      outages: [],
      underWay: 0,
      mostDuplicates: 0,
      isPoison: isPoison,
    });
    const expected = poisonSent(bed);
    const found = await poisonFound(bed);
    return {
      figures: [`${expected.length} poison messages`, ...figures],
      breaches: [
        ...breaches,
        ...difference('is not in the dead letters', expected, found),
        ...difference('is in the dead letters once too often', found, expected),
      ],
    };
  },
};

function isPoison(device: string, sequence: number): boolean {
  return (sequence * 31 + Number(device.slice(1))) % EVERY === 0;
}

/** Not JSON, or a list where measurements have to be, or a text where code expects a number. */
function poisonOf(device: string, sequence: number): string | undefined {
  if (!isPoison(device, sequence)) return undefined;
  const mark = `poison ${device}#${sequence}`;
  if (sequence % 2 === 0) return `${mark} is not JSON`;
  if (wayOf(device) === 'k') return JSON.stringify([mark]);
  if (wayOf(device) === 'c') return JSON.stringify({ device, seq: sequence, value: mark });
  return `{"broken": "${mark}"`;
}

function poisonSent({ ledger }: Bed): string[] {
  return [...ledger.devices].flatMap(([device, { sent }]) =>
    sent.flatMap((one, sequence) =>
      one?.isAcknowledged === true && isPoison(device, sequence) ? [`${device}#${sequence}`] : [],
    ),
  );
}

/** As they are marked; a letter without a mark as it is. */
async function poisonFound({ api, flows }: Bed): Promise<string[]> {
  const found: string[] = [];
  for (const [name, id] of flows) {
    if (name === ALERT_FLOW) continue;
    for (const letter of await deadLetters(api, id)) {
      const text = JSON.stringify(letter);
      found.push(/poison (\w+#\d+)/.exec(text)?.[1] ?? text);
    }
  }
  return found;
}

/** What is in `some` oftener than in `others`. */
function difference(what: string, some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  const more = some.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return more.length === 0 ? [] : [`${more.length}: ${more.slice(0, 3).join(', ')} ${what}`];
}
