import { nodeExamples } from '@sluice/nodes/examples.ts';
import { jsonSchema } from '@sluice/shared/message/value.ts';
import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import type { SampleParts } from './sample.ts';
import { payloadText } from './sample.ts';

/** What the first example of a node type that brings messages in sends: how its messages look. */
export function exampleOf(entry: CatalogEntry | undefined): Partial<SampleParts> {
  const sent =
    entry?.definition.kind === 'source' ? nodeExamples.get(entry.definition.type)?.[0]?.out[0] : undefined;
  if (sent === undefined) return {};
  const { device = '', topic = '', headers = {} } = sent;
  const payload = jsonSchema.safeParse(sent.payload ?? null);
  return payload.success ? { device, topic, payload: payloadText(payload.data), headers } : {};
}
