import type { Bed } from '../bed.ts';
import { loadFlows } from '../flows.ts';
import { killProgram } from '../processes.ts';
import type { Outage } from '../thermometers.ts';
import { now, sleep } from '../time.ts';
import { settleAndJudge } from '../report.ts';
import type { Case } from './case.ts';

// kill -9 at random moments under load.

const SHORT_ROUNDS = 2;
const LONG_ROUNDS = 50;

export const killRunner = killCase('kill-runner', ['mosquitto', 'embedded'], (bed) =>
  killProgram(bed.product().pid, 'runner'),
);

export const killServer = killCase('kill-server', ['mosquitto', 'embedded'], async (bed) => {
  await bed.product().kill();
  await bed.startServer();
});

/** The sandbox holds a flow whose code ends it three times in a minute, and cannot know who has ended it. */
export const killSandbox: Case = {
  ...killCase(
    'kill-sandbox',
    ['mosquitto', 'embedded'],
    (bed) => killProgram(bed.product().pid, 'sandbox'),
    31_000,
  ),
  shortBrokers: ['mosquitto'],
};

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

function killCase(
  name: string,
  brokers: Case['brokers'],
  kill: (bed: Bed) => Promise<void>,
  /** Added to the random pause where there are many rounds. */
  longPauseMs = 0,
): Case {
  return {
    name,
    brokers,
    run: async (bed, extent) => {
      const outages: Outage[] = [];
      let underWay = 0;
      const rounds = extent.rounds ?? (extent.isShort ? SHORT_ROUNDS : LONG_ROUNDS);
      for (let round = 0; round < rounds; round++) {
        await sleep(bed.random.between(200, 1_200) + (rounds > SHORT_ROUNDS && round > 0 ? longPauseMs : 0));
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
