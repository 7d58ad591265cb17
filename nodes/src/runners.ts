import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import { thresholdRunner } from './threshold/run.ts';
import { changeRunner } from './change/run.ts';
import { convertRunner } from './convert/run.ts';
import { switchRunner } from './switch/run.ts';
import { filterRunner } from './filter/run.ts';
import { debounceRunner } from './debounce/run.ts';
import { delayRunner } from './delay/run.ts';
import { watchdogRunner } from './watchdog/run.ts';
import { combineRunner } from './combine/run.ts';
import { functionRunner } from './function/run.ts';
import { templateRunner } from './template/run.ts';
import { expressionRunner } from './expression/run.ts';
import { deviceInputRunner } from './device-input/run.ts';
import { mqttInRunner } from './mqtt-in/run.ts';
import { httpInRunner } from './http-in/run.ts';
import { injectRunner } from './inject/run.ts';
import { alarmRunner } from './alarm/run.ts';
import { notifyRunner } from './notify/run.ts';
import { mqttOutRunner } from './mqtt-out/run.ts';
import { httpRequestRunner } from './http-request/run.ts';
import { httpResponseRunner } from './http-response/run.ts';
import { influxdbOutRunner } from './influxdb-out/run.ts';
import { debugRunner } from './debug/run.ts';
import { catchRunner } from './catch/run.ts';
import { windowRunner } from './window/run.ts';
// One line for each node type, in the order of catalog.ts.

const implementations: readonly NodeImplementation[] = [
  deviceInputRunner,
  mqttInRunner,
  httpInRunner,
  injectRunner,
  thresholdRunner,
  changeRunner,
  convertRunner,
  switchRunner,
  filterRunner,
  debounceRunner,
  delayRunner,
  watchdogRunner,
  combineRunner,
  functionRunner,
  templateRunner,
  expressionRunner,
  alarmRunner,
  notifyRunner,
  mqttOutRunner,
  httpRequestRunner,
  httpResponseRunner,
  influxdbOutRunner,
  debugRunner,
  catchRunner,
  windowRunner,
];

/** The work of all node types that run, by type. For the runner only. */
export const runners: ReadonlyMap<string, NodeImplementation> = new Map(
  implementations.map((implementation) => [implementation.type, implementation]),
);
