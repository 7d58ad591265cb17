import type { Bed } from '../bed.ts';
import { loadFlows } from '../flows.ts';
import { findProcess, isAlive } from '../processes.ts';
import type { Outage } from '../thermometers.ts';
import { now, sleep, until } from '../time.ts';
import { settleAndJudge } from '../report.ts';
import type { Case, Extent } from './case.ts';

// kill -9 at random moments under load.

const SHORT_ROUNDS = 3;
const LONG_ROUNDS = 50;

export const killRunner = killCase('kill-runner', ['mosquitto', 'embedded'], (bed) =>
  killPart(bed, 'runner'),
);

export const killServer = killCase('kill-server', ['mosquitto', 'embedded'], async (bed) => {
  await bed.product().kill();
  await bed.startServer();
});

/** The sandbox holds a flow whose code ends it three times in a minute, and cannot know who has ended it. */
export const killSandbox = killCase(
  'kill-sandbox',
  ['mosquitto', 'embedded'],
  (bed) => killPart(bed, 'sandbox'),
  { shortRounds: 2, longPauseMs: 31_000 },
);

/**
 * Mosquitto itself loses what it has not stored, alerts too, so there are none here, and the ledger is told by the tap what
 * the product was given and what it was told.
 */
export const killBroker: Case = {
  ...killCase('kill-broker', ['mosquitto'], async (bed) => {
    await bed.mosquitto?.kill();
    await bed.mosquitto?.start();
  }),
  flows: loadFlows,
};

interface Pace {
  readonly shortRounds: number;
  /** Added to the random pause where there are many rounds. */
  readonly longPauseMs: number;
}

function killCase(
  name: string,
  brokers: Case['brokers'],
  kill: (bed: Bed) => Promise<void>,
  { shortRounds, longPauseMs }: Pace = { shortRounds: SHORT_ROUNDS, longPauseMs: 0 },
): Case {
  return {
    name,
    brokers,
    run: async (bed, extent) => {
      const outages: Outage[] = [];
      let underWay = 0;
      const rounds = roundsOf(extent, shortRounds);
      for (let round = 0; round < rounds; round++) {
        await sleep(bed.random.between(200, 1_200) + (round > 1 ? longPauseMs : 0));
        const from = now();
        underWay += bed.tap?.underWay() ?? 0;
        await kill(bed);
        outages.push(await bed.recovered(from));
      }
      const isBrokerKilled = name === 'kill-broker';
      const { figures, breaches } = await settleAndJudge(bed, { outages, underWay, isBrokerKilled });
      return { figures: [`${rounds} kills`, ...figures], breaches };
    },
  };
}

function roundsOf({ isShort, rounds }: Extent, shortRounds: number): number {
  return rounds ?? (isShort ? shortRounds : LONG_ROUNDS);
}

async function killPart(bed: Bed, program: 'runner' | 'sandbox'): Promise<void> {
  const { pid } = bed.product();
  const victim = findProcess(pid, program);
  if (victim === undefined) throw new Error(`There is no ${program} process to kill.`);
  process.kill(victim, 'SIGKILL');
  await until(`the end of the ${program}`, 10_000, () => !isAlive(victim));
}
