import { parseArgs } from 'node:util';
import type { BrokerKind } from './bed.ts';
import { openBed } from './bed.ts';
import type { Case, Extent } from './cases/case.ts';
import { brokerAway, targetAway } from './cases/away.ts';
import { bitFlip } from './cases/bitFlip.ts';
import { fullDisk, fullDiskKill } from './cases/fullDisk.ts';
import { fullQueue } from './cases/fullQueue.ts';
import { killBroker, killRunner, killSandbox, killServer } from './cases/kills.ts';
import { poisonMessages } from './cases/poison.ts';
import { redeploy } from './cases/redeploy.ts';
import { slowReader } from './cases/slowReader.ts';
import { standardFlows } from './flows.ts';
import { hasMosquitto } from './mosquitto.ts';
import { checkOracle } from './oracleCheck.ts';
import type { Report } from './report.ts';
import { now } from './time.ts';

// The fault tests: `npm run test:faults`; in `npm test` with `--short`. Prints one line for each fault and ends with 1
// when a promise was broken. `--only kill-runner`, `--broker embedded`, `--rounds 5` and `--seed 7` choose.

const CASES: readonly Case[] = [
  killRunner,
  killSandbox,
  killServer,
  killBroker,
  brokerAway,
  targetAway,
  redeploy,
  fullDisk,
  fullDiskKill,
  fullQueue,
  slowReader,
  poisonMessages,
  bitFlip,
];
/** Breaches that are printed of one fault. */
const SHOWN = 6;
const BROKERS: readonly BrokerKind[] = ['mosquitto', 'embedded'];

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    broker: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string' },
  },
});
const extent: Extent = {
  isShort: values.short,
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
};
checkArguments();

let broken = 0;
if (values.only === undefined) report('oracle', checkOracle(), now());
for (const one of CASES) {
  if (values.only !== undefined && values.only !== one.name) continue;
  for (const broker of brokersOf(one)) {
    const startedAt = now();
    report(`${one.name}, ${broker}`, await runCase(one, broker), startedAt);
  }
}
process.exitCode = broken > 0 ? 1 : 0;

/** The one that is asked for, else those of the short form or all. */
function brokersOf({ brokers, shortBrokers }: Case): readonly BrokerKind[] {
  if (values.broker !== undefined) return brokers.filter((broker) => broker === values.broker);
  return values.short ? (shortBrokers ?? brokers) : brokers;
}

async function runCase(one: Case, broker: BrokerKind): Promise<Report> {
  const reason = broker === 'mosquitto' && !hasMosquitto ? 'Mosquitto is not installed' : one.skip?.();
  if (reason !== undefined) return { figures: [`skipped: ${reason}`], breaches: [] };
  try {
    return await runOnBed(one, broker);
  } catch (error) {
    return { figures: ['stopped'], breaches: [error instanceof Error ? error.message : String(error)] };
  }
}

async function runOnBed(one: Case, broker: BrokerKind): Promise<Report> {
  const bed = await openBed({ broker, seed: Number(values.seed), ...one.bed?.(extent) });
  try {
    await bed.begin(one.flows ?? standardFlows);
    return await one.run(bed, extent);
  } finally {
    await bed.close();
  }
}

function report(name: string, { figures, breaches }: Report, startedAt: number): void {
  if (breaches.length > 0) broken += 1;
  const seconds = ((now() - startedAt) / 1_000).toFixed(1);
  console.log(
    `${breaches.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${[...figures, `${seconds} s`].join(', ')}`,
  );
  for (const breach of breaches.slice(0, SHOWN)) console.log(`     ${breach}`);
  if (breaches.length > SHOWN) console.log(`     and ${breaches.length - SHOWN} more`);
}

function checkArguments(): void {
  const names = CASES.map(({ name }) => name);
  if (values.only !== undefined && !names.includes(values.only))
    end(`There is no fault “${values.only}”. There are: ${names.join(', ')}.`);
  if (values.broker !== undefined && !BROKERS.some((broker) => broker === values.broker))
    end(`There is no broker “${values.broker}”. There are: ${BROKERS.join(', ')}.`);
  for (const name of ['seed', 'rounds'] as const)
    if (values[name] !== undefined && !/^\d+$/.test(values[name])) end(`--${name} is a whole number.`);
}

function end(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
