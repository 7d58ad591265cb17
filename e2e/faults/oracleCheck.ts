import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Report } from './report.ts';
import { judge } from './oracle.ts';

// An oracle that cannot fail proves nothing: each kind of breach is made once, and has to be found, and nothing else.

const SENT = 4;

interface Trial {
  readonly name: string;
  /** Enters what arrives of the messages 1 to 4 of a device. */
  readonly arrive: (arrived: (sequence: number, content?: string) => void) => void;
  /** What the one breach has to say; `undefined`: there is none. */
  readonly breach: RegExp | undefined;
}

const TRIALS: readonly Trial[] = [
  {
    name: 'everything in order',
    arrive: (arrived) => [1, 2, 3, 4].forEach((one) => arrived(one)),
    breach: undefined,
  },
  {
    name: 'a missing message',
    arrive: (arrived) => [1, 2, 4].forEach((one) => arrived(one)),
    breach: /^1 acknowledged and never delivered: p1#3$/,
  },
  {
    name: 'a message that was not sent',
    arrive: (arrived) => [1, 2, 3, 4, 9].forEach((one) => arrived(one)),
    breach: /^1 delivered and not sent like that: p1#9$/,
  },
  {
    name: 'a message with another content',
    arrive: (arrived) => [1, 2, 3, 4].forEach((one) => arrived(one, one === 2 ? 'changed' : undefined)),
    breach: /^1 delivered and not sent like that: p1#2$/,
  },
  {
    name: 'two messages in the wrong order',
    arrive: (arrived) => [1, 3, 2, 4].forEach((one) => arrived(one)),
    breach: /^1 delivered after a later one of the device: p1#2$/,
  },
  {
    name: 'a duplicate within the bound',
    arrive: (arrived) => [1, 2, 3, 2, 4].forEach((one) => arrived(one)),
    breach: undefined,
  },
  {
    name: 'more duplicates than were under way',
    arrive: (arrived) => [1, 2, 2, 2, 3, 4].forEach((one) => arrived(one)),
    breach: /^2 duplicates; at most 1 were under way/,
  },
];

/** Tries the oracle on ledgers with one fault each. */
export function checkOracle(): Report {
  const breaches = TRIALS.flatMap(({ name, arrive, breach }) => {
    const ledger = sentLedger();
    arrive((sequence, content) => ledger.arrived('p1', sequence, content ?? `reading ${sequence}`));
    const found = judge(ledger, { mostDuplicates: 1 }).breaches;
    const isRight =
      breach === undefined ? found.length === 0 : found.length === 1 && breach.test(found[0] ?? '');
    return isRight ? [] : [`${name}: the oracle said “${found.join('; ')}”`];
  });
  if (judge(unsentLedger(), { mostDuplicates: 0 }).breaches.length > 0)
    breaches.push('a message that was not acknowledged need not come out, and the oracle asked for it');
  return { figures: [`${TRIALS.length + 1} ledgers judged`], breaches };
}

function sentLedger(): Ledger {
  const ledger = createLedger();
  for (let sequence = 1; sequence <= SENT; sequence++) {
    ledger.sent('p1', sequence, `reading ${sequence}`);
    ledger.acknowledged('p1', sequence);
  }
  return ledger;
}

function unsentLedger(): Ledger {
  const ledger = createLedger();
  ledger.sent('p1', 1, 'reading 1');
  return ledger;
}
