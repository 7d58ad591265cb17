import { TEST_START } from '../testing.ts';
import type { Agenda } from './agenda.ts';
import type { Random } from './random.ts';
import type { Reading } from './reading.ts';

/** Plans what devices send: `most` readings within `untilMs`, in bursts or spread out. */
export function planReadings(
  most: number,
  untilMs: number,
  withFlaws: boolean,
  parts: { readonly agenda: Agenda; readonly random: Random; readonly publish: (reading: Reading) => void },
): void {
  const { agenda, random, publish } = parts;
  const last = new Map<string, Reading>();
  const devices = random.whole(1, 5);
  const bursts = random.whole(1, 8);
  const isBursty = random.chance(0.5);
  const send = () => {
    const device = `d${random.whole(1, devices)}`;
    const before = last.get(device);
    const reading: Reading = {
      device,
      sequence: (before?.sequence ?? 0) + 1,
      value: random.whole(0, 100),
      flaw: withFlaws
        ? random.pick(['none', 'none', 'none', 'none', 'none', 'none', 'bad', 'unwanted'])
        : 'none',
      time: Math.max((before?.time ?? 0) + 1, TEST_START + agenda.elapsed),
    };
    last.set(device, reading);
    publish(reading);
  };
  for (let count = 0; count < most; count++) {
    const at = isBursty
      ? Math.floor((random.whole(0, bursts - 1) / bursts) * untilMs) + random.whole(0, 20)
      : random.whole(0, untilMs);
    agenda.after(Math.min(at, untilMs), 'reading', send);
  }
}
