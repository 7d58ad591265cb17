import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Json } from '@sluice/shared/message/message.ts';
import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { outputsOf, waitPolicyOf } from '@sluice/shared/node/defineNode.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import type { NodeExample } from '@sluice/shared/node/form.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { catalog } from './catalog.ts';
import { nodeExamples } from './examples.ts';
import { runners } from './runners.ts';
import { asExpected, runExample, startNode } from './testing.ts';
import { createWorld } from './testingWorld.ts';

const HERE = new URL('.', import.meta.url);
const folders = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const HEADINGS = ['What it does', 'Ports', 'Settings', 'Errors', 'Example'];

function entryOf(type: string): CatalogEntry {
  const entry = catalog.get(type);
  if (entry === undefined) throw new Error(`${type} is not in catalog.ts.`);
  return entry;
}

/** Every field of the settings, those of list items too, with its name as the help page has it. */
function fieldsOf(schema: z.ZodType): readonly { readonly name: string; readonly schema: z.ZodType }[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject && metaOf(schema)?.widget !== 'devices')
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, field]) => [
      { name, schema: field },
      ...fieldsOf(field),
    ]);
  if (inner instanceof z.ZodArray) return fieldsOf(inner.element as z.ZodType);
  if (inner instanceof z.ZodDiscriminatedUnion || inner instanceof z.ZodUnion)
    return inner.options
      .filter(
        (option) => unwrapped(option as z.ZodType) instanceof z.ZodObject && metaOf(schema) === undefined,
      )
      .flatMap((option) => fieldsOf(option as z.ZodType));
  return [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault
    ? unwrapped(schema.def.innerType as z.ZodType)
    : schema;
}

function examplesOf(type: string): readonly NodeExample[] {
  return nodeExamples.get(type) ?? [];
}

/** The settings of a node that was just dropped on the canvas, or of its first example where something has to be chosen. */
function plainSettings({ definition }: CatalogEntry): unknown {
  return definition.config.safeParse({}).success ? {} : (examplesOf(definition.type)[0]?.config ?? {});
}

function problemsOf({ definition }: CatalogEntry, settings: unknown) {
  return definition.problems?.(definition.config.parse(settings) as never) ?? [];
}

/** All ports that a node can have: of its plain settings and of each example. */
function portNames(entry: CatalogEntry): ReadonlySet<string> {
  const { definition } = entry;
  const examples = examplesOf(definition.type);
  const configs = [plainSettings(entry), ...examples.map(({ config }) => config)];
  const outputs = configs.flatMap((config) => outputsOf(definition, definition.config.parse(config)));
  const own = outputs.filter(({ name }) => name !== 'error');
  return new Set([...definition.inputs, ...own].map(({ name }) => name));
}

function missingParts(folder: string): readonly string[] {
  const parts = ['schema.ts', 'form.ts', 'examples.ts', 'README.md', `${folder}.test.ts`];
  if (catalog.get(folder)?.definition.kind !== 'note') parts.push('run.ts');
  return parts.filter((part) => !existsSync(new URL(`${folder}/${part}`, HERE)));
}

it.each(folders)('%s has all its parts and is in the catalog', (folder) => {
  expect(missingParts(folder)).toEqual([]);
  expect(catalog.has(folder)).toBe(true);
});

const complete = folders.filter((folder) => catalog.has(folder) && missingParts(folder).length === 0);

describe.each(complete)('%s', (folder) => {
  const readme = readFileSync(new URL(`${folder}/README.md`, HERE), 'utf8');
  const entry = entryOf(folder);
  const { definition, form } = entry;
  const examples = examplesOf(folder);
  const fields = fieldsOf(definition.config);

  it('is registered on both sides under the name of its folder', () => {
    expect(definition.type).toBe(folder);
    if (definition.kind === 'note') expect(runners.has(folder)).toBe(false);
    else expect(runners.get(folder)?.type).toBe(folder);
  });

  it('says what it is', () => {
    expect(definition.title).not.toBe('');
    expect(definition.summary.length).toBeGreaterThan(10);
    expect(definition.summary.length).toBeLessThan(90);
    expect(definition.icon).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    for (const port of [
      ...definition.inputs,
      ...outputsOf(definition, definition.config.parse(plainSettings(entry))),
    ]) {
      expect(port.title, port.name).not.toBe('');
      expect(port.description.length, port.name).toBeGreaterThan(10);
    }
  });

  it('describes every field, with the control it is shown with', () => {
    for (const { name, schema } of fields) {
      const meta = metaOf(schema);
      expect(meta, `${name} has a widget`).toBeDefined();
      expect(meta?.title, name).toMatch(/\S/);
      expect(meta?.description, name).toMatch(/^\S.{9,}[.?]$/s);
      if (meta?.widget === 'choice')
        expect(
          meta.options?.every(({ label }) => label !== ''),
          name,
        ).toBe(true);
      if (meta?.widget === 'list') expect(meta.itemTitle, name).toMatch(/\S/);
      if (meta?.widget === 'connection') expect(meta.connectionType, name).toMatch(/\S/);
      if (meta?.widget === 'code') expect(meta.language, name).toMatch(/\S/);
    }
  });

  it('parses its defaults, and they hold no problem that stops a deploy', () => {
    const settings = plainSettings(entry);
    const parsed = definition.config.parse(settings);
    expect(definition.config.parse(parsed)).toEqual(parsed);
    if (examples[0] !== undefined) expect(problemsOf(entry, examples[0].config)).toEqual([]);
    for (const { field, sentence } of problemsOf(entry, settings)) {
      expect(fields.map(({ name }) => name)).toContain(field.replace(/[[.].*$/, ''));
      expect(sentence).toMatch(/[.?]$/);
    }
  });

  it('declares how it waits, when it waits', () => {
    const policy = waitPolicyOf(definition, definition.config.parse(plainSettings(entry)));
    expect(policy !== undefined).toBe(definition.kind === 'waiting');
    const { outbox, ...bounds } = policy ?? {};
    for (const bound of Object.values(bounds)) expect(bound).toBeGreaterThan(0);
    // What it keeps while its target is away has an end, too.
    if (outbox !== undefined)
      expect(Math.min(outbox.keepMs, outbox.maxBytes, outbox.perSecond)).toBeGreaterThan(0);
  });

  it('reads as one short sentence', () => {
    for (const config of [plainSettings(entry), ...examples.map((example) => example.config)]) {
      const sentence = form.sentence(definition.config.parse(config) as never);
      expect(sentence).toMatch(/\S/);
      expect(sentence.length, sentence).toBeLessThan(80);
      expect(sentence).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('has a form that names only fields it has', () => {
    const names = Object.keys(definition.config.shape);
    const named = [...(form.order ?? []), ...(form.advanced ?? []), ...Object.keys(form.showWhen ?? {})];
    for (const name of named) expect(names).toContain(name);
  });

  it('has a help page with its headings, ports and settings', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map((found) => found[1]);
    expect(headings).toEqual(HEADINGS);
    expect(readme).toMatch(new RegExp(`^# ${definition.title}\\n`));
    for (const name of portNames(entry)) expect(readme, `port ${name}`).toContain(`\`${name}\``);
    for (const { name } of fields) expect(readme, `field ${name}`).toContain(`\`${name}\``);
  });

  it('has an example', () => {
    expect(definition.kind === 'note' || examples.length > 0).toBe(true);
  });

  it.each(examples)('does what its example says: $name', async (example) => {
    await expectExample(entry, example);
  });

  it('[EN9] keeps state and timers only when it declares state', async () => {
    if (definition.kind !== 'step') return;
    for (const example of examples) {
      const { world } = await runExample(entry, runnerOf(folder), example);
      if (definition.state === undefined) expect(world.state.size + world.timers.size).toBe(0);
      expect(JSON.parse(JSON.stringify([...world.state])) as Json).toEqual([...world.state]);
    }
  });

  it('leaves nothing open when it is closed, twice too', async () => {
    if (definition.kind === 'note') return;
    const world = createWorld();
    const bench = startNode(entry, runnerOf(folder), plainSettings(entry), world);
    if (definition.kind === 'source') await bench.start();
    await bench.close();
    await bench.close();
    expect(world.appointments.size).toBe(0);
    expect(world.outside.mqtt.filters()).toEqual([]);
    expect(world.outside.http.served()).toEqual([]);
  });
});

function runnerOf(type: string) {
  const implementation = runners.get(type);
  if (implementation === undefined) throw new Error(`${type} is not in runners.ts.`);
  return implementation;
}

/** Runs an example. What needs the sandbox is only started here; its examples run with the real one, in the runtime. */
async function expectExample(entry: CatalogEntry, example: NodeExample): Promise<void> {
  const { sent, world } = await runExample(entry, runnerOf(entry.definition.type), example);
  if (world.programs.length > 0) {
    expect(sent.every(({ port }) => port === 'error')).toBe(true);
    return;
  }
  expect(sent.map((one, index) => asExpected(one, example.out[index] ?? { port: 'nothing more' }))).toEqual(
    example.out.map((expected) => expected),
  );
}

it('[style] nothing is registered that has no folder', () => {
  expect([...catalog.keys()].toSorted()).toEqual(folders.toSorted());
  for (const type of runners.keys()) expect(catalog.has(type), type).toBe(true);
});
