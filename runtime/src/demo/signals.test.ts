import { describe, expect, it } from 'vitest';
import type { Measurements, Model } from './signals.ts';
import { MODELS, signalOf } from './signals.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR_S = 3_600;

/** What a device measures each second of an hour; silent seconds are left out. */
function hour(model: Model, seed: number): readonly { readonly second: number; readonly at: Measurements }[] {
  const signal = signalOf(model, seed);
  return Array.from({ length: HOUR_S }, (_, second) => ({
    second,
    at: signal(START + second * 1_000),
  })).filter((sample): sample is { second: number; at: Measurements } => sample.at !== undefined);
}

function values(model: Model, seed: number, name: string): number[] {
  return hour(model, seed).map(({ at }) => Number(at[name]));
}

/** Lengths in seconds of the stretches in which something holds without a break. */
function stretches(holds: readonly boolean[]): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const is of [...holds, false]) {
    if (is) length += 1;
    else if (length > 0) {
      lengths.push(length);
      length = 0;
    }
  }
  return lengths;
}

describe('virtual devices', () => {
  it('measure the same at the same time with the same seed, and something else with another', () => {
    for (const model of MODELS.filter((model) => model !== 'door')) {
      expect(hour(model, 7)).toEqual(hour(model, 7));
      expect(hour(model, 7)).not.toEqual(hour(model, 8));
    }
  });

  it('all numbers are finite, also long ago and far ahead', () => {
    for (const model of MODELS)
      for (const time of [0, 1, START, 4e12])
        for (const value of Object.values(signalOf(model, 3)(time) ?? {}))
          expect(Number(value)).toSatisfy(Number.isFinite);
  });
});

describe('a freezer', () => {
  it('is cold most of the time and above −15 °C for more than 10 s every few minutes', () => {
    for (const seed of [1, 2, 3, 4]) {
      const temperatures = values('freezer', seed, 'temperature');
      expect(Math.min(...temperatures)).toBeGreaterThan(-21);
      expect(Math.max(...temperatures)).toBeLessThan(-6);
      const warm = stretches(temperatures.map((temperature) => temperature > -15));
      expect(warm.filter((seconds) => seconds >= 12).length).toBeGreaterThanOrEqual(12);
      expect(Math.max(...warm)).toBeLessThan(150);
    }
  });

  it('warms only after its door was opened', () => {
    const samples = hour('freezer', 2);
    const firstOpen = samples.findIndex(
      ({ at }) => at['doorOpen'] === true && Number(at['temperature']) < -17,
    );
    const before = samples[firstOpen];
    const after = samples[firstOpen + 19];
    expect(Number(after?.at['temperature'])).toBeGreaterThan(Number(before?.at['temperature']) + 4);
  });
});

describe('the others', () => {
  it('a pump goes beyond 4.5 mm/s and comes back', () => {
    const high = stretches(values('pump', 5, 'vibration').map((vibration) => vibration > 5));
    expect(high.some((seconds) => seconds > 20)).toBe(true);
    expect(Math.min(...values('pump', 5, 'vibration'))).toBeLessThan(2.2);
  });

  it('a door is open for 5 to 70 s at a time', () => {
    const open = stretches(hour('door', 6).map(({ at }) => at['open'] === true)).slice(1, -1);
    expect(open.length).toBeGreaterThan(20);
    expect(Math.min(...open)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...open)).toBeLessThanOrEqual(71);
  });

  it('a power meter has a peak of 40 s every five minutes', () => {
    const peaks = stretches(values('power-meter', 7, 'power').map((power) => power > 21)).slice(1, -1);
    expect(peaks.length).toBeGreaterThanOrEqual(10);
    expect(peaks.every((seconds) => seconds === 40)).toBe(true);
  });

  it('the weather sensor is silent for 75 s every four minutes', () => {
    const seconds = hour('weather', 8).map(({ second }) => second);
    const gaps = seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));
    expect(gaps.filter((gap) => gap > 1).every((gap) => gap === 76)).toBe(true);
    expect(gaps.filter((gap) => gap > 1).length).toBeGreaterThanOrEqual(14);
  });
});
