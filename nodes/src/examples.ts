import type { NodeExample } from '@sluice/shared/node/form.ts';
import { deviceInputExamples } from './device-input/examples.ts';
import { mqttInExamples } from './mqtt-in/examples.ts';
import { httpInExamples } from './http-in/examples.ts';
import { injectExamples } from './inject/examples.ts';
import { thresholdExamples } from './threshold/examples.ts';
import { switchExamples } from './switch/examples.ts';
import { combineExamples } from './combine/examples.ts';
import { filterExamples } from './filter/examples.ts';
import { debounceExamples } from './debounce/examples.ts';
import { delayExamples } from './delay/examples.ts';
import { watchdogExamples } from './watchdog/examples.ts';
import { windowExamples } from './window/examples.ts';
import { changeExamples } from './change/examples.ts';
import { convertExamples } from './convert/examples.ts';
import { functionExamples } from './function/examples.ts';
import { templateExamples } from './template/examples.ts';
import { expressionExamples } from './expression/examples.ts';
import { alarmExamples } from './alarm/examples.ts';
import { notifyExamples } from './notify/examples.ts';
import { mqttOutExamples } from './mqtt-out/examples.ts';
import { httpRequestExamples } from './http-request/examples.ts';
import { httpResponseExamples } from './http-response/examples.ts';
import { influxdbOutExamples } from './influxdb-out/examples.ts';
import { debugExamples } from './debug/examples.ts';
import { catchExamples } from './catch/examples.ts';
import { commentExamples } from './comment/examples.ts';

/** The examples of each node type, by its type name: for its help and its tests, and loaded by these only. */
export const nodeExamples: ReadonlyMap<string, readonly NodeExample[]> = new Map<
  string,
  readonly NodeExample[]
>([
  ['device-input', deviceInputExamples],
  ['mqtt-in', mqttInExamples],
  ['http-in', httpInExamples],
  ['inject', injectExamples],
  ['threshold', thresholdExamples],
  ['switch', switchExamples],
  ['combine', combineExamples],
  ['filter', filterExamples],
  ['debounce', debounceExamples],
  ['delay', delayExamples],
  ['watchdog', watchdogExamples],
  ['window', windowExamples],
  ['change', changeExamples],
  ['convert', convertExamples],
  ['function', functionExamples],
  ['template', templateExamples],
  ['expression', expressionExamples],
  ['alarm', alarmExamples],
  ['notify', notifyExamples],
  ['mqtt-out', mqttOutExamples],
  ['http-request', httpRequestExamples],
  ['http-response', httpResponseExamples],
  ['influxdb-out', influxdbOutExamples],
  ['debug', debugExamples],
  ['catch', catchExamples],
  ['comment', commentExamples],
]);
