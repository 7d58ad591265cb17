import type { Contestant } from './contest.ts';
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
  const withDevices = (devices: number): Contestant => ({
    name: `${devices} devices`,
    devices,
    start: ({ url }) => startSluiceWith(url, (connection) => timersFlow({ connection, qos: 0 })),
  });
  const [many, few] = [withDevices(MANY), withDevices(FEW)];
  const figures = await contest([many, few], { qos: 0, expect: 'half', rounds });
  const cpuOf = ({ name }: Contestant) => figures.get(name)?.cpuMicros ?? Number.NaN;
  return [
    ratioRow({
      what,
      own: cpuOf(many),
      peer: cpuOf(few),
      format: micros,
      against: few.name,
      atMost: 1.3,
    }),
  ];
}
