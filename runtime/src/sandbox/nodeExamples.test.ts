import { catalog } from '@sluice/nodes/catalog.ts';
import { nodeExamples } from '@sluice/nodes/examples.ts';
import { runners } from '@sluice/nodes/runners.ts';
import { asExpected, runExample, startNode } from '@sluice/nodes/testing.ts';
import { createWorld } from '@sluice/nodes/testingWorld.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from './createSandbox.ts';

const sandbox = createSandbox({ limits: { timeoutMs: 5000 } });
afterAll(() => sandbox.close());

let lastFlow = 0;
function sandboxedWorld() {
  lastFlow += 1;
  const flow = `flow-${lastFlow}`;
  return createWorld({ program: (source) => sandbox.compile(flow, 'node', source) });
}

function runnerOf(type: string): NodeImplementation {
  const implementation = runners.get(type);
  if (implementation === undefined) throw new Error(`${type} is not in runners.ts.`);
  return implementation;
}

/** Node types that run user code: those that ask for a program when they are made. */
const sandboxed = [...catalog.values()].filter(({ definition }) => {
  const [example] = nodeExamples.get(definition.type) ?? [];
  if (definition.kind !== 'waiting' || example === undefined) return false;
  const world = createWorld();
  startNode({ definition }, runnerOf(definition.type), example.config, world);
  return world.programs.length > 0;
});

it('[EN13] there are node types that run user code', () => {
  expect(sandboxed.map(({ definition }) => definition.type)).toEqual(
    expect.arrayContaining(['function', 'template', 'expression']),
  );
});

describe.each(sandboxed)('[EN13] $definition.type', (entry) => {
  it.each(nodeExamples.get(entry.definition.type) ?? [])(
    'does what its example says, in the sandbox: $name',
    async (example) => {
      const { sent } = await runExample(entry, runnerOf(entry.definition.type), example, sandboxedWorld());
      expect(sent.map((one, at) => asExpected(one, example.out[at] ?? { port: 'nothing more' }))).toEqual(
        example.out,
      );
    },
  );
});

async function run(type: string, config: object, payloads: readonly unknown[]) {
  const entry = catalog.get(type);
  if (entry === undefined) throw new Error(`${type} is not in the catalog.`);
  const bench = startNode(entry, runnerOf(type), config, sandboxedWorld());
  await bench.receive(payloads.map((payload) => ({ device: 'd', payload })));
  return bench;
}

it('[EN7] code that throws on one message fails for that one alone, with the line and what it printed', async () => {
  const code =
    'console.log("got", message.payload);\nif (message.payload === 2) throw new Error("two");\nreturn message;';
  const { sent, world } = await run('function', { code }, [1, 2, 3]);
  expect(sent.map(({ port, message }) => [port, message.payload])).toEqual([
    ['out', 1],
    ['error', 2],
    ['out', 3],
  ]);
  expect(sent[1]?.message.headers['error']).toContain('two');
  expect(world.logs).toEqual(['got 1', 'got 2', 'got 3']);
});

it('[EN4] more messages than a call takes come out in their order', async () => {
  const payloads = Array.from({ length: 600 }, (_, index) => index);
  const { sent } = await run('function', { code: 'return message;' }, payloads);
  expect(sent.map(({ message }) => message.payload)).toEqual(payloads);
});

it('[EN7] a template and an expression that cannot be read fail every message with a sentence', async () => {
  for (const [type, config] of [
    ['template', { template: '{{#open}}' }],
    ['expression', { expression: '(1 +' }],
    ['function', { code: 'return (' }],
  ] as const) {
    const { sent } = await run(type, config, [1, 2]);
    expect(sent.map(({ port }) => port)).toEqual(['error', 'error']);
    expect(String(sent[0]?.message.headers['error']).length).toBeGreaterThan(10);
  }
});
