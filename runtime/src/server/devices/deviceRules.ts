import type { Device } from '@sluice/shared/protocol/http.ts';
import { measurementSchema } from '@sluice/shared/protocol/http.ts';
import * as z from 'zod';

/** By which topics devices publish. */
export const TELEMETRY_FILTER = 'devices/+/telemetry';
/** What a device says of itself: a retained JSON message with name, model and tags. */
export const ABOUT_FILTER = 'devices/+/about';

/** Caps on what arrives, so that no device can fill the registry. */
export const DEVICE_CAPS = {
  devices: 10_000,
  measurements: 200,
  /** Characters of a device's id, of a measurement's name, and of a text that is a value. */
  id: 128,
  name: 100,
  text: 200,
  payloadBytes: 262_144,
} as const;

/** A device as it is kept. What a person has edited is not changed by what the device says of itself. */
export const knownDeviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  model: z.string(),
  tags: z.array(z.string()),
  isEdited: z.boolean(),
  firstSeen: z.number(),
  lastSeen: z.number(),
  topic: z.string(),
  measurements: z.record(z.string(), measurementSchema),
});
export type KnownDevice = z.output<typeof knownDeviceSchema>;
export type Measurements = KnownDevice['measurements'];

export interface About {
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

const aboutSchema = z.object({
  name: z.string().trim().min(1).max(200).optional().catch(undefined),
  model: z.string().trim().max(200).optional().catch(undefined),
  tags: z.array(z.string().trim().min(1).max(60)).max(50).optional().catch(undefined),
});

/** Whose message it is and of which kind; `undefined` for a topic that is no device's. */
export function deviceOf(topic: string): { id: string; kind: 'telemetry' | 'about' } | undefined {
  const [first, id, kind, ...rest] = topic.split('/');
  if (first !== 'devices' || id === undefined || id === '' || id.length > DEVICE_CAPS.id) return undefined;
  if (rest.length > 0 || (kind !== 'telemetry' && kind !== 'about')) return undefined;
  return { id, kind };
}

/** The payload as an object of JSON; `undefined` for anything else (empty, too large, not JSON, a list). */
export function readObject(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (payload.length === 0 || payload.length > DEVICE_CAPS.payloadBytes) return undefined;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What a device says of itself, as far as it is well formed. */
export function readAbout(object: Readonly<Record<string, unknown>>): About {
  return aboutSchema.parse({ name: object.name, model: object.model, tags: object.tags });
}

/**
 * The measurements of a message put over those that are known: numbers, booleans and short texts; one level of nesting
 * as `a.b`. Anything else is left out, and nothing is added past the cap.
 */
export function mergeMeasurements(
  known: Measurements,
  object: Readonly<Record<string, unknown>>,
  time: number,
): Measurements {
  const merged = new Map(Object.entries(known));
  for (const [name, value] of flatten(object)) {
    if (name.length > DEVICE_CAPS.name || !isValue(value)) continue;
    if (!merged.has(name) && merged.size >= DEVICE_CAPS.measurements) continue;
    merged.set(name, { value, time });
  }
  return Object.fromEntries(merged);
}

function* flatten(object: Readonly<Record<string, unknown>>): Iterable<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(object)) {
    if (!isRecord(value)) yield [name, value];
    else for (const [inner, leaf] of Object.entries(value)) yield [`${name}.${inner}`, leaf];
  }
}

function isValue(value: unknown): value is Measurements[string]['value'] {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'boolean' || (typeof value === 'string' && value.length <= DEVICE_CAPS.text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A device as the API shows it. */
export function toDevice(known: KnownDevice, ratePerMinute: number): Device {
  const { isEdited: _, ...shown } = known;
  return { ...shown, rate: ratePerMinute };
}
