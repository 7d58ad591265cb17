import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../node/catalog.ts';
import type { AnyNodeDefinition } from '../node/defineNode.ts';
import { defineNode } from '../node/defineNode.ts';
import { connection, flag, list, number, numberValue, path } from '../node/field.ts';
import type { Flow, FlowNode, Wire } from './flow.ts';
import { emptyFlow } from './flow.ts';
import { validateFlow } from './validate.ts';

const input = { name: 'in', title: 'In', description: 'Messages.' } as const;
const output = { name: 'out', title: 'Out', description: 'Messages.' } as const;
const texts = { title: 'Broker', description: 'Where the messages come from.' };

const source = defineNode({
  type: 'source',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'Source',
  summary: 'Brings messages in.',
  icon: 'radio',
  inputs: [],
  outputs: [output],
  config: z.object({ broker: connection({ ...texts, connectionType: 'mqtt' }).optional() }),
});

const limit = defineNode({
  type: 'limit',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Limit',
  summary: 'Compares.',
  icon: 'gauge',
  inputs: [input],
  outputs: (config) => (config.both ? [output, { ...output, name: 'low' }] : [output]),
  config: z.object({
    value: path({ title: 'Value', description: 'What is compared.' }).default('payload.value'),
    limit: numberValue({ title: 'Limit', description: 'With what.' }).default(0),
    high: number({ title: 'High', description: 'The upper end.' }).default(1),
    both: flag({ title: 'Both', description: 'Two outputs.' }).default(false),
    rules: list({
      title: 'Rules',
      description: 'Rules.',
      itemTitle: 'rule',
      item: z.object({ at: number({ title: 'At', description: 'At.' }) }),
    }).default([]),
  }),
  problems: (config) => (config.high < 0 ? [{ field: 'high', sentence: 'High is below 0.' }] : []),
});

const either = defineNode({
  ...limit,
  type: 'either',
  title: 'Either',
  inputs: [input, { ...input, name: 'second' }],
  inputsUsed: (config) => (config.both ? 2 : 1),
});
const delay = defineNode({ ...limit, type: 'delay', title: 'Delay', breaksLoop: true });
const note = defineNode({ ...source, type: 'note', kind: 'note', outputs: [], config: z.object({}) });

function entry(definition: AnyNodeDefinition): [string, CatalogEntry] {
  return [definition.type, { definition, form: { sentence: () => '' } }];
}
const catalog = new Map([entry(source), entry(limit), entry(either), entry(delay), entry(note)]);
const environment = {
  connections: new Map([
    ['plant', 'mqtt'],
    ['store', 'influxdb'],
  ]),
};

function node(id: string, type: string, config: FlowNode['config'] = {}): FlowNode {
  return { id, type, position: { x: 0, y: 0 }, config };
}
function wire(from: string, to: string, port = 'out', toPort = 'in'): Wire {
  return { from: [from, port], to: [to, toPort] };
}
function problemsOf(nodes: FlowNode[], wires: Wire[] = []) {
  const flow: Flow = { ...emptyFlow('f', 'Flow'), nodes, wires };
  return validateFlow(flow, catalog, environment).map(({ severity, code, node: id, field, sentence }) =>
    [severity, code, id ?? '', field ?? '', sentence].join(' | '),
  );
}

describe('[EN1] validateFlow', () => {
  it('finds nothing wrong with a good flow', () => {
    expect(
      problemsOf(
        [node('a', 'source', { broker: 'plant' }), node('b', 'limit'), node('n', 'note')],
        [wire('a', 'b')],
      ),
    ).toEqual([]);
  });

  it('says of a setting which one it is and what would fit', () => {
    const config = { value: 'temperature', limit: 'ten', high: 'x', rules: [{ at: 1 }, {}], extra: 1 };
    expect(problemsOf([node('a', 'source'), node('b', 'limit', config)], [wire('a', 'b')])).toEqual([
      'warning | node.unknown-setting | b | extra | Limit has no setting “extra”, so it does nothing. Its settings are: value, limit, high, both, rules.',
      'error | node.invalid-setting | b | value | Value: The path “temperature” must start with one of id, time, topic, device, payload, headers. Write one such as payload.temperature.',
      'error | node.invalid-setting | b | limit | Limit: A number is needed here, or a value from the message.',
      'error | node.invalid-setting | b | high | High: A number is needed here.',
      'error | node.invalid-setting | b | rules[1].at | Rules 2: This is missing. Fill it in.',
    ]);
  });

  it('asks the node for what one field alone cannot tell', () => {
    expect(problemsOf([node('a', 'source'), node('b', 'limit', { high: -1 })], [wire('a', 'b')])).toEqual([
      'error | node.invalid-setting | b | high | High is below 0.',
    ]);
  });

  it('knows the connections', () => {
    expect(problemsOf([node('a', 'source', { broker: 'gone' })])[0]).toContain(
      'there is no connection “gone”',
    );
    expect(problemsOf([node('a', 'source', { broker: 'store' })])[0]).toContain(
      'of type influxdb, and one of type mqtt is needed',
    );
  });

  it('refuses wires to nodes and ports that are not there, also ports that the settings took away', () => {
    const nodes = [node('a', 'source'), node('b', 'limit', { both: false }), node('c', 'limit')];
    const found = problemsOf(nodes, [
      wire('a', 'b'),
      wire('a', 'gone'),
      wire('b', 'c', 'low'),
      wire('b', 'c', 'error'),
      wire('a', 'c', 'out', 'top'),
    ]);
    expect(found.map((line) => line.split(' | ')[1])).toEqual([
      'wire.unknown-node',
      'wire.unknown-port',
      'wire.unknown-port',
    ]);
  });

  it('refuses a wire to an input that the settings do not use', () => {
    const flow = (both: boolean) =>
      problemsOf([node('a', 'source'), node('b', 'either', { both })], [wire('a', 'b', 'out', 'second')]);
    expect(flow(true)).toEqual([]);
    expect(flow(false)[0]).toContain('“Either” has no input “second” with its present settings');
  });

  it('refuses a loop by its names, unless a node on it holds messages back', () => {
    const nodes = [node('a', 'source'), node('b', 'limit')];
    const wires = [wire('a', 'b'), wire('b', 'c'), wire('c', 'b')];
    expect(problemsOf([...nodes, node('c', 'limit')], wires)[0]).toMatch(
      /^error \| loop \| . \|  \| “Limit” → “Limit” → “Limit” is a loop/,
    );
    expect(problemsOf([...nodes, node('c', 'delay')], wires)).toEqual([]);
  });

  it('warns of what no message can reach', () => {
    const found = problemsOf([node('b', 'limit'), node('c', 'limit')], [wire('b', 'c')]);
    expect(found.map((line) => line.split(' | ').slice(0, 3).join(' '))).toEqual([
      'warning node.needs-input b',
      'warning node.unreachable c',
      'warning flow.no-source ',
    ]);
  });

  it('refuses a type that it does not know and an id that is there twice', () => {
    const found = problemsOf([node('a', 'source'), node('a', 'kafka-in')]);
    expect(found[0]).toContain('node.duplicate-id');
    expect(found[1]).toContain('There is no node type “kafka-in” in this Sluice.');
  });
});
