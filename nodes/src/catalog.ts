import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { thresholdExamples } from './threshold/examples.ts';
import { thresholdForm } from './threshold/form.ts';
import { thresholdNode } from './threshold/schema.ts';
import { changeExamples } from './change/examples.ts';
import { changeForm } from './change/form.ts';
import { changeNode } from './change/schema.ts';
import { convertExamples } from './convert/examples.ts';
import { convertForm } from './convert/form.ts';
import { convertNode } from './convert/schema.ts';
import { switchExamples } from './switch/examples.ts';
import { switchForm } from './switch/form.ts';
import { switchNode } from './switch/schema.ts';
import { filterExamples } from './filter/examples.ts';
import { filterForm } from './filter/form.ts';
import { filterNode } from './filter/schema.ts';
import { debounceExamples } from './debounce/examples.ts';
import { debounceForm } from './debounce/form.ts';
import { debounceNode } from './debounce/schema.ts';
import { delayExamples } from './delay/examples.ts';
import { delayForm } from './delay/form.ts';
import { delayNode } from './delay/schema.ts';
import { watchdogExamples } from './watchdog/examples.ts';
import { watchdogForm } from './watchdog/form.ts';
import { watchdogNode } from './watchdog/schema.ts';
import { combineExamples } from './combine/examples.ts';
import { combineForm } from './combine/form.ts';
import { combineNode } from './combine/schema.ts';
import { functionExamples } from './function/examples.ts';
import { functionForm } from './function/form.ts';
import { functionNode } from './function/schema.ts';
import { templateExamples } from './template/examples.ts';
import { templateForm } from './template/form.ts';
import { templateNode } from './template/schema.ts';
import { expressionExamples } from './expression/examples.ts';
import { expressionForm } from './expression/form.ts';
import { expressionNode } from './expression/schema.ts';
import { deviceInputExamples } from './device-input/examples.ts';
import { deviceInputForm } from './device-input/form.ts';
import { deviceInputNode } from './device-input/schema.ts';
import { mqttInExamples } from './mqtt-in/examples.ts';
import { mqttInForm } from './mqtt-in/form.ts';
import { mqttInNode } from './mqtt-in/schema.ts';
import { httpInExamples } from './http-in/examples.ts';
import { httpInForm } from './http-in/form.ts';
import { httpInNode } from './http-in/schema.ts';
import { injectExamples } from './inject/examples.ts';
import { injectForm } from './inject/form.ts';
import { injectNode } from './inject/schema.ts';
import { alarmExamples } from './alarm/examples.ts';
import { alarmForm } from './alarm/form.ts';
import { alarmNode } from './alarm/schema.ts';
import { notifyExamples } from './notify/examples.ts';
import { notifyForm } from './notify/form.ts';
import { notifyNode } from './notify/schema.ts';
import { mqttOutExamples } from './mqtt-out/examples.ts';
import { mqttOutForm } from './mqtt-out/form.ts';
import { mqttOutNode } from './mqtt-out/schema.ts';
import { httpRequestExamples } from './http-request/examples.ts';
import { httpRequestForm } from './http-request/form.ts';
import { httpRequestNode } from './http-request/schema.ts';
import { httpResponseExamples } from './http-response/examples.ts';
import { httpResponseForm } from './http-response/form.ts';
import { httpResponseNode } from './http-response/schema.ts';
import { influxdbOutExamples } from './influxdb-out/examples.ts';
import { influxdbOutForm } from './influxdb-out/form.ts';
import { influxdbOutNode } from './influxdb-out/schema.ts';
import { debugExamples } from './debug/examples.ts';
import { debugForm } from './debug/form.ts';
import { debugNode } from './debug/schema.ts';
import { catchExamples } from './catch/examples.ts';
import { catchForm } from './catch/form.ts';
import { catchNode } from './catch/schema.ts';
import { commentExamples } from './comment/examples.ts';
import { commentForm } from './comment/form.ts';
import { commentNode } from './comment/schema.ts';
import { windowExamples } from './window/examples.ts';
import { windowForm } from './window/form.ts';
import { windowNode } from './window/schema.ts';
// One line for each of definition, form and examples of a node; in the order of the entries below.

// In the order of the palette: inputs, logic, time, transform, actions, flow.
const entries: readonly CatalogEntry[] = [
  { definition: deviceInputNode, form: deviceInputForm, examples: deviceInputExamples },
  { definition: mqttInNode, form: mqttInForm, examples: mqttInExamples },
  { definition: httpInNode, form: httpInForm, examples: httpInExamples },
  { definition: injectNode, form: injectForm, examples: injectExamples },
  { definition: thresholdNode, form: thresholdForm, examples: thresholdExamples },
  { definition: switchNode, form: switchForm, examples: switchExamples },
  { definition: combineNode, form: combineForm, examples: combineExamples },
  { definition: filterNode, form: filterForm, examples: filterExamples },
  { definition: debounceNode, form: debounceForm, examples: debounceExamples },
  { definition: delayNode, form: delayForm, examples: delayExamples },
  { definition: watchdogNode, form: watchdogForm, examples: watchdogExamples },
  { definition: windowNode, form: windowForm, examples: windowExamples },
  { definition: changeNode, form: changeForm, examples: changeExamples },
  { definition: convertNode, form: convertForm, examples: convertExamples },
  { definition: functionNode, form: functionForm, examples: functionExamples },
  { definition: templateNode, form: templateForm, examples: templateExamples },
  { definition: expressionNode, form: expressionForm, examples: expressionExamples },
  { definition: alarmNode, form: alarmForm, examples: alarmExamples },
  { definition: notifyNode, form: notifyForm, examples: notifyExamples },
  { definition: mqttOutNode, form: mqttOutForm, examples: mqttOutExamples },
  { definition: httpRequestNode, form: httpRequestForm, examples: httpRequestExamples },
  { definition: httpResponseNode, form: httpResponseForm, examples: httpResponseExamples },
  { definition: influxdbOutNode, form: influxdbOutForm, examples: influxdbOutExamples },
  { definition: debugNode, form: debugForm, examples: debugExamples },
  { definition: catchNode, form: catchForm, examples: catchExamples },
  { definition: commentNode, form: commentForm, examples: commentExamples },
];

/** All node types without their work: what the editor, the compiler and the help read. Safe in a browser. */
export const catalog: NodeCatalog = new Map(entries.map((entry) => [entry.definition.type, entry]));
