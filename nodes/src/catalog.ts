import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { thresholdForm } from './threshold/form.ts';
import { thresholdNode } from './threshold/schema.ts';
import { changeForm } from './change/form.ts';
import { changeNode } from './change/schema.ts';
import { convertForm } from './convert/form.ts';
import { convertNode } from './convert/schema.ts';
import { switchForm } from './switch/form.ts';
import { switchNode } from './switch/schema.ts';
import { filterForm } from './filter/form.ts';
import { filterNode } from './filter/schema.ts';
import { debounceForm } from './debounce/form.ts';
import { debounceNode } from './debounce/schema.ts';
import { delayForm } from './delay/form.ts';
import { delayNode } from './delay/schema.ts';
import { watchdogForm } from './watchdog/form.ts';
import { watchdogNode } from './watchdog/schema.ts';
import { combineForm } from './combine/form.ts';
import { combineNode } from './combine/schema.ts';
import { functionForm } from './function/form.ts';
import { functionNode } from './function/schema.ts';
import { templateForm } from './template/form.ts';
import { templateNode } from './template/schema.ts';
import { expressionForm } from './expression/form.ts';
import { expressionNode } from './expression/schema.ts';
import { deviceInputForm } from './device-input/form.ts';
import { deviceInputNode } from './device-input/schema.ts';
import { mqttInForm } from './mqtt-in/form.ts';
import { mqttInNode } from './mqtt-in/schema.ts';
import { httpInForm } from './http-in/form.ts';
import { httpInNode } from './http-in/schema.ts';
import { injectForm } from './inject/form.ts';
import { injectNode } from './inject/schema.ts';
import { alarmForm } from './alarm/form.ts';
import { alarmNode } from './alarm/schema.ts';
import { notifyForm } from './notify/form.ts';
import { notifyNode } from './notify/schema.ts';
import { mqttOutForm } from './mqtt-out/form.ts';
import { mqttOutNode } from './mqtt-out/schema.ts';
import { httpRequestForm } from './http-request/form.ts';
import { httpRequestNode } from './http-request/schema.ts';
import { httpResponseForm } from './http-response/form.ts';
import { httpResponseNode } from './http-response/schema.ts';
import { influxdbOutForm } from './influxdb-out/form.ts';
import { influxdbOutNode } from './influxdb-out/schema.ts';
import { debugForm } from './debug/form.ts';
import { debugNode } from './debug/schema.ts';
import { catchForm } from './catch/form.ts';
import { catchNode } from './catch/schema.ts';
import { commentForm } from './comment/form.ts';
import { commentNode } from './comment/schema.ts';
import { windowForm } from './window/form.ts';
import { windowNode } from './window/schema.ts';
// One line for each of definition, form and examples of a node; in the order of the entries below.

// In the order of the palette: inputs, logic, time, transform, actions, flow.
const entries: readonly CatalogEntry[] = [
  { definition: deviceInputNode, form: deviceInputForm },
  { definition: mqttInNode, form: mqttInForm },
  { definition: httpInNode, form: httpInForm },
  { definition: injectNode, form: injectForm },
  { definition: thresholdNode, form: thresholdForm },
  { definition: switchNode, form: switchForm },
  { definition: combineNode, form: combineForm },
  { definition: filterNode, form: filterForm },
  { definition: debounceNode, form: debounceForm },
  { definition: delayNode, form: delayForm },
  { definition: watchdogNode, form: watchdogForm },
  { definition: windowNode, form: windowForm },
  { definition: changeNode, form: changeForm },
  { definition: convertNode, form: convertForm },
  { definition: functionNode, form: functionForm },
  { definition: templateNode, form: templateForm },
  { definition: expressionNode, form: expressionForm },
  { definition: alarmNode, form: alarmForm },
  { definition: notifyNode, form: notifyForm },
  { definition: mqttOutNode, form: mqttOutForm },
  { definition: httpRequestNode, form: httpRequestForm },
  { definition: httpResponseNode, form: httpResponseForm },
  { definition: influxdbOutNode, form: influxdbOutForm },
  { definition: debugNode, form: debugForm },
  { definition: catchNode, form: catchForm },
  { definition: commentNode, form: commentForm },
];

/** All node types without their work: what the editor, the compiler and the help read. Safe in a browser. */
export const catalog: NodeCatalog = new Map(entries.map((entry) => [entry.definition.type, entry]));
