import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { AnyNodeDefinition, NodeKind } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { jsonValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

// Small node types that show one thing each, for the tests of the engine.

function port<const Name extends string>(name: Name) {
  return { name, title: name, description: name };
}

function basics<const Type extends string, const Kind extends NodeKind>(type: Type, kind: Kind) {
  return { type, kind, version: 1, category: 'flow', title: type, summary: type, icon: 'box' } as const;
}

export const bring = defineNode({
  ...basics('bring', 'source'),
  inputs: [],
  outputs: [port('out'), port('other')],
  config: z.object({ from: z.string().default('a') }),
});
/** Passes everything on; keeps the arrays that it got. */
export const pass = defineNode({
  ...basics('pass', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Passes everything on, if it can be made. */
export const fragile = defineNode({
  ...basics('fragile', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ isBroken: z.boolean() }),
});
/** Sends everything on as it came, and the first message once more. */
export const echo = defineNode({
  ...basics('echo', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Makes as many messages as the payload says. */
export const burst = defineNode({
  ...basics('burst', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Fails on a payload `bad`, throws on `throw`. */
export const picky = defineNode({
  ...basics('picky', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
/** Sends on a change of payload only, by device: state without which the next batch reads otherwise. */
export const change = defineNode({
  ...basics('change', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ version: z.number().default(1) }),
  state: { version: 1, maxKeys: 3, keepMs: 10 * 24 * 3_600_000 },
});
/** Sends each message again after a time. */
export const hold = defineNode({
  ...basics('hold', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ ms: z.number() }),
  state: { version: 1, maxKeys: 100_000 },
  breaksLoop: true,
});
/** A sink whose calls end when the test says so. */
export const send = defineNode({
  ...basics('send', 'waiting'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({
    concurrency: z.number().default(1),
    batch: z.number().default(1),
    timeoutMs: z.number().default(10_000),
    queue: z.number().default(1_000),
    outbox: z
      .object({
        keepMs: z.number().default(86_400_000),
        maxBytes: z.number().default(1_000_000),
        whenFull: z.enum(['stop', 'drop-oldest']).default('stop'),
        perSecond: z.number().default(1_000_000),
      })
      .optional(),
  }),
  waits: ({ outbox, ...policy }) => ({ ...policy, ...(outbox !== undefined && { outbox }) }),
});
/** Gives the value of an expression. */
export const compute = defineNode({
  ...basics('compute', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ value: jsonValue({ title: 'Value', description: 'What to give.' }) }),
});
export const rescue = defineNode({
  ...basics('rescue', 'catch'),
  inputs: [],
  outputs: [port('out')],
  config: z.object({}),
});
const note = defineNode({ ...basics('note', 'note'), inputs: [], outputs: [], config: z.object({}) });

const definitions: readonly AnyNodeDefinition[] = [
  bring,
  pass,
  fragile,
  echo,
  burst,
  picky,
  change,
  hold,
  send,
  compute,
  rescue,
  note,
];

export const testCatalog: NodeCatalog = new Map(
  definitions.map((definition) => [definition.type, { definition, form: { sentence: () => '' } }]),
);
