import type { RunnerTime } from '../runner/time.ts';
import { DEMO_DEVICES } from './devices.ts';
import type { Publishing } from './publish.ts';
import { publishDevices } from './publish.ts';

export interface DemoOptions {
  /** The broker that the flows listen to, the embedded one as a rule. */
  readonly mqttUrl: string;
  readonly username?: string;
  readonly password?: string;
  readonly clock: RunnerTime;
  /** One line for the operator's log. */
  log(sentence: string): void;
}

/**
 * Starts the eight virtual devices of the demo: real MQTT clients as far as the broker can tell, one message a second
 * each. The server calls this when its demo is on (`SLUICE_DEMO` is not 0), after the broker listens, and `stop` before
 * the broker closes. The flows that run on them are `demoFlows()` of `demoFlows.ts`: made and deployed on first start.
 */
export function startDemo(options: DemoOptions): Publishing {
  return publishDevices({
    url: options.mqttUrl,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    clientId: 'sluice-demo',
    devices: DEMO_DEVICES,
    rate: 1,
    time: options.clock,
    say: (sentence) => options.log(sentence),
  });
}
