import { fleetOf } from '../demo/devices.ts';
import { publishDevices } from '../demo/publish.ts';
import type { Model } from '../demo/signals.ts';
import { MODELS } from '../demo/signals.ts';
import { every, newId, pause } from '../runner/time.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT, WrongArgument } from './command.ts';
import { numberOption, textOption } from './readArguments.ts';
import type { SIMULATE } from './specs.ts';

type SimulateArguments = Arguments<keyof (typeof SIMULATE)['options']>;

const REPORT_MS = 5_000;
const MOST_MESSAGES_A_SECOND = 200_000;
const LONGEST_S = 31 * 24 * 3_600;

interface Simulation {
  readonly url: string;
  readonly model: Model;
  readonly devices: number;
  readonly rate: number;
  readonly seconds: number | undefined;
  readonly seed: number;
}

/** `sluice simulate`: virtual devices over MQTT, until the time is over or the person has enough. */
export async function simulate(given: SimulateArguments, terminal: Terminal): Promise<ExitCode> {
  const wanted = simulationOf(given);
  const publishing = publishDevices({
    url: wanted.url,
    clientId: `sluice-simulate-${newId().slice(0, 8)}`,
    devices: fleetOf(wanted.model, wanted.devices, wanted.seed),
    rate: wanted.rate,
    time: terminal.time,
    say: (sentence) => terminal.say(sentence),
  });
  terminal.say(
    `${wanted.devices} virtual devices (${wanted.model}) publish ${wanted.rate} messages a second each to ${wanted.url}.`,
  );
  const stopReports = every(terminal.time, REPORT_MS, () => terminal.say(summaryOf(publishing.counts())));
  await untilOver(wanted.seconds, terminal);
  stopReports();
  await publishing.stop();
  const counts = publishing.counts();
  terminal.out(summaryOf(counts));
  return counts.confirmed > 0 ? EXIT.ok : EXIT.failed;
}

function simulationOf({ values }: SimulateArguments): Simulation {
  const url = textOption(values.url) ?? 'mqtt://127.0.0.1:1883';
  if (!/^(mqtts?|wss?):\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new WrongArgument(`--url is an address such as mqtt://127.0.0.1:1883, and not “${url}”.`);
  const wanted = {
    url,
    model: modelOf(textOption(values.model) ?? 'freezer'),
    devices: numberOption('devices', values.devices, { fallback: 10, min: 1, max: 100_000, isWhole: true }),
    rate: numberOption('rate', values.rate, { fallback: 1, min: 0.001, max: 1_000 }),
    seconds:
      values.seconds === undefined
        ? undefined
        : numberOption('seconds', values.seconds, { fallback: 0, min: 0.1, max: LONGEST_S }),
    seed: numberOption('seed', values.seed, { fallback: 1, min: 0, max: 1_000_000, isWhole: true }),
  };
  if (wanted.devices * wanted.rate > MOST_MESSAGES_A_SECOND)
    throw new WrongArgument(
      `--devices times --rate is ${wanted.devices * wanted.rate} messages a second, and the limit is ${MOST_MESSAGES_A_SECOND}.`,
    );
  return wanted;
}

function modelOf(name: string): Model {
  const model = MODELS.find((model) => model === name);
  if (model === undefined)
    throw new WrongArgument(`--model is one of ${MODELS.join(', ')}, and not “${name}”.`);
  return model;
}

async function untilOver(seconds: number | undefined, terminal: Terminal): Promise<void> {
  const { asked, time } = terminal;
  if (asked.aborted) return;
  if (seconds !== undefined) return pause(time, seconds * 1_000, asked);
  await new Promise<void>((resolve) => asked.addEventListener('abort', () => resolve()));
}

function summaryOf(counts: {
  readonly published: number;
  readonly confirmed: number;
  readonly skipped: number;
}): string {
  const skipped =
    counts.skipped === 0 ? '' : `, ${counts.skipped} left out because the broker was away or too slow`;
  return `${counts.published} published, ${counts.confirmed} confirmed${skipped}`;
}
