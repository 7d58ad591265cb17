import { contest } from './contest.ts';
import { HAS_MOSQUITTO, NO_MOSQUITTO } from './mosquitto.ts';
import { timersFlow } from './productFlows.ts';
import type { Row } from './row.ts';
import { micros, ratioRow } from './row.ts';
import { startSluiceWith } from './sluice.ts';

const FEW = 100;
const MANY = 10_000;

/** State and a running timer for every device: many devices beside few. */
export async function manyDevicesRows(rounds: number): Promise<Row[]> {
  const what = `${MANY} devices with state and running timers: CPU an input`;
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const withDevices = async (devices: number) => {
    const name = `${devices} devices`;
    const start = ({ url }: { readonly url: string }) =>
      startSluiceWith(url, (connection) => timersFlow({ connection, qos: 0 }));
    const all = await contest([{ name, start }], { qos: 0, expect: 'half', rounds, devices });
    return all.get(name)?.cpuMicros ?? Number.NaN;
  };
  return [
    ratioRow({
      what,
      own: await withDevices(MANY),
      peer: await withDevices(FEW),
      format: micros,
      against: `${FEW} devices`,
      atMost: 1.3,
    }),
  ];
}
