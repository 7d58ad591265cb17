import type { JsonObject } from '@sluice/shared/message/message.ts';
import { catalog } from '@sluice/nodes/catalog.ts';
import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { AnyNodeDefinition, NodeKind, PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import * as z from 'zod';

// The ends of a simulated flow, and steps whose state says exactly what they have met.

function port<const Name extends string>(name: Name): PortDefinition<Name> {
  return { name, title: name, description: name };
}

function basics<const Type extends string, const Kind extends NodeKind>(type: Type, kind: Kind) {
  return { type, kind, version: 1, category: 'flow', title: type, summary: type, icon: 'box' } as const;
}

/** Brings in what the broker has. */
export const feed = defineNode({
  ...basics('feed', 'source'),
  inputs: [],
  outputs: [port('out')],
  config: z.object({ client: z.string().default('one'), canStart: z.boolean().default(true) }),
});
/** Lets each reading pass once, and keeps when it came. */
export const once = defineNode({
  ...basics('once', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
  state: { version: 1, maxKeys: 1_000 },
});
/** Passes everything on and keeps by device what it has met, in order. */
export const tally = defineNode({
  ...basics('tally', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
  state: { version: 1, maxKeys: 1_000 },
});
/** Passes everything on. */
export const relay = defineNode({
  ...basics('relay', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ canBeMade: z.boolean().default(true) }),
});
/** Passes everything on and keeps the high values only: some batches change state and others do not. */
export const peak = defineNode({
  ...basics('peak', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
  state: { version: 1, maxKeys: 1_000 },
});
/** Fails on readings with the flaw `bad`. */
export const frail = defineNode({
  ...basics('frail', 'step'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({}),
});
const waits = {
  concurrency: z.number().default(1),
  batch: z.number().default(1),
  timeoutMs: z.number().default(10_000),
  queue: z.number().default(1_000),
};
/** Asks a target about each message and passes it on: no sink, so what fails has failed. */
export const ask = defineNode({
  ...basics('ask', 'waiting'),
  inputs: [port('in')],
  outputs: [port('out')],
  config: z.object({ target: z.string(), ...waits }),
  waits: (config) => config,
});
/** A sink: what its target cannot take waits in the outbox. */
export const deliver = defineNode({
  ...basics('deliver', 'waiting'),
  inputs: [port('in')],
  outputs: [],
  config: z.object({
    target: z.string(),
    ...waits,
    keepMs: z.number().default(7 * 24 * 3_600_000),
    maxBytes: z.number().default(100_000_000),
    perSecond: z.number().default(1_000),
    whenFull: z.enum(['stop', 'drop-oldest']).default('stop'),
  }),
  waits: ({ keepMs, maxBytes, perSecond, whenFull, ...policy }) => ({
    ...policy,
    outbox: { keepMs, maxBytes, perSecond, whenFull },
  }),
});

const definitions: readonly AnyNodeDefinition[] = [feed, once, tally, relay, peak, frail, ask, deliver];

/** The node types of the product and those of the simulation. */
export const simulationCatalog: NodeCatalog = new Map<string, CatalogEntry>([
  ...catalog,
  ...definitions.map((definition): [string, CatalogEntry] => [
    definition.type,
    { definition, form: { sentence: () => '' } },
  ]),
]);

/** What `once` keeps of a device: its readings in order, and when each came (ms since the epoch). */
export interface Passed extends JsonObject {
  readonly last: number;
  readonly log: readonly (readonly [sequence: number, at: number])[];
}
