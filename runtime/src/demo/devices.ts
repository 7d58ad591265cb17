import type { Model, Signal } from './signals.ts';
import { signalOf } from './signals.ts';

/** A virtual device: who it is, and what it measures when. */
export interface VirtualDevice {
  readonly id: string;
  readonly name: string;
  readonly model: Model;
  readonly tags: readonly string[];
  readonly signal: Signal;
}

/** The eight devices of the demo. */
export const DEMO_DEVICES: readonly VirtualDevice[] = [
  device('freezer-1', 'Freezer 1, fish', 'freezer', ['cold room', 'north'], 11),
  device('freezer-2', 'Freezer 2, meat', 'freezer', ['cold room', 'north'], 12),
  device('freezer-3', 'Freezer 3, ice cream', 'freezer', ['cold room', 'south'], 13),
  device('freezer-4', 'Freezer 4, vegetables', 'freezer', ['cold room', 'south'], 14),
  device('pump-1', 'Cooling water pump', 'pump', ['plant room'], 21),
  device('door-1', 'Cold room door', 'door', ['cold room'], 31),
  device('meter-1', 'Main power meter', 'power-meter', ['plant room'], 41),
  device('weather-1', 'Roof weather station', 'weather', ['roof'], 51),
];

function device(
  id: string,
  name: string,
  model: Model,
  tags: readonly string[],
  seed: number,
): VirtualDevice {
  return { id, name, model, tags, signal: signalOf(model, seed) };
}

/** So many devices of one model, `freezer-0001` and on. */
export function fleetOf(model: Model, count: number, seed: number): readonly VirtualDevice[] {
  const width = Math.max(4, String(count).length);
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(width, '0');
    return device(`${model}-${number}`, `${model} ${number}`, model, ['simulated'], seed * 1_000_003 + index);
  });
}
