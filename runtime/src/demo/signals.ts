/** What a virtual device measures at one moment, by measurement name. */
export type Measurements = Readonly<Record<string, number | boolean>>;

/**
 * A virtual device as a function of time: the same seed and time always give the same measurements, so nothing has to
 * be remembered and any moment can be asked for. `undefined` while the device is silent.
 */
export type Signal = (timeMs: number) => Measurements | undefined;

export const MODELS = ['freezer', 'pump', 'door', 'power-meter', 'weather'] as const;
export type Model = (typeof MODELS)[number];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The signal of a model. Devices of one model differ by their seed. */
export function signalOf(model: Model, seed: number): Signal {
  switch (model) {
    case 'freezer':
      return freezer(seed);
    case 'pump':
      return pump(seed);
    case 'door':
      return door(seed);
    case 'power-meter':
      return powerMeter(seed);
    case 'weather':
      return weather(seed);
  }
}

const FREEZER = { base: -19, swing: 1.1, warm: -8, cyclePeriod: 6 * MINUTE, doorPeriod: 4 * MINUTE };

/**
 * −19 °C with the slow cycle of its compressor. Its door is open for 20 to 45 s every four minutes or so; the air warms
 * towards −8 °C meanwhile and is cold again about a minute and a half later (exponential approach, time constants
 * 20 s and 30 s).
 */
function freezer(seed: number): Signal {
  const offset = offsetOf(seed, FREEZER.doorPeriod);
  return (timeMs) => {
    const { since, openFor } = openingAt(seed, timeMs + offset, FREEZER.doorPeriod, [
      20 * SECOND,
      45 * SECOND,
    ]);
    const isOpen = since < openFor;
    const height = FREEZER.warm - FREEZER.base;
    const reached = height * (1 - Math.exp(-Math.min(since, openFor) / (20 * SECOND)));
    const warmth = isOpen ? reached : reached * Math.exp(-(since - openFor) / (30 * SECOND));
    const cycle = FREEZER.swing * wave(timeMs, FREEZER.cyclePeriod, seed);
    return {
      temperature: rounded(FREEZER.base + warmth + cycle + 0.15 * noise(seed, timeMs), 2),
      doorOpen: isOpen,
    };
  };
}

/**
 * Vibration as velocity RMS in mm/s (ISO 20816-3 counts from 4.5 mm/s on as unfit for long operation). It rises from
 * 2 to 6 in six minutes, as a bearing that runs dry, and falls back when somebody greases it.
 */
function pump(seed: number): Signal {
  const offset = offsetOf(seed, 6 * MINUTE);
  return (timeMs) => {
    const wear = fraction((timeMs + offset) / (6 * MINUTE));
    const vibration = 2 + 4 * wear ** 2 + 0.35 * noise(seed, timeMs);
    return {
      vibration: rounded(Math.max(0, vibration), 2),
      temperature: rounded(48 + 9 * wear + 0.4 * noise(seed + 1, timeMs), 1),
      speed: Math.round(1_480 + 6 * noise(seed + 2, timeMs)),
    };
  };
}

/** A cold-room door: open for 5 to 70 s, about every two minutes. */
function door(seed: number): Signal {
  const offset = offsetOf(seed, 2 * MINUTE);
  return (timeMs) => {
    const { since, openFor } = openingAt(seed, timeMs + offset, 2 * MINUTE, [5 * SECOND, 70 * SECOND]);
    return { open: since < openFor };
  };
}

/** A site of about 12 kW that swings in ten minutes, with a peak of 14 kW more for 40 s every five minutes. */
function powerMeter(seed: number): Signal {
  const offset = offsetOf(seed, 5 * MINUTE);
  return (timeMs) => {
    const isPeak = (timeMs + offset) % (5 * MINUTE) < 40 * SECOND;
    const power = 12 + 4 * wave(timeMs, 10 * MINUTE, seed) + (isPeak ? 14 : 0) + 0.5 * noise(seed, timeMs);
    return {
      power: rounded(power, 2),
      voltage: rounded(230 + 1.5 * noise(seed + 1, timeMs), 1),
      current: rounded((power * 1_000) / (Math.sqrt(3) * 400), 2),
    };
  };
}

const SILENCE = { period: 4 * MINUTE, length: 75 * SECOND };

/** A weather sensor on a weak battery: silent for 75 s every four minutes. */
function weather(seed: number): Signal {
  const offset = offsetOf(seed, SILENCE.period);
  return (timeMs) => {
    if ((timeMs + offset) % SILENCE.period >= SILENCE.period - SILENCE.length) return undefined;
    return {
      temperature: rounded(14 + 6 * wave(timeMs, 24 * 60 * MINUTE, seed) + 0.1 * noise(seed, timeMs), 1),
      humidity: rounded(62 + 12 * wave(timeMs, 90 * MINUTE, seed + 1) + 0.5 * noise(seed + 1, timeMs), 1),
      wind: rounded(Math.max(0, 4 + 3 * wave(timeMs, 7 * MINUTE, seed + 2) + noise(seed + 2, timeMs)), 1),
      rain: 0,
    };
  };
}

/** How long ago the last opening began, and how long that one lasts; one in each period, each of its own length. */
function openingAt(
  seed: number,
  timeMs: number,
  period: number,
  [shortest, longest]: readonly [number, number],
): { readonly since: number; readonly openFor: number } {
  const number = Math.floor(timeMs / period);
  return {
    since: timeMs - number * period,
    openFor: shortest + (longest - shortest) * unit(seed, number),
  };
}

/** A sine of this period, −1 to 1, shifted by the seed. */
function wave(timeMs: number, period: number, seed: number): number {
  return Math.sin(2 * Math.PI * (timeMs / period + unit(seed, 0)));
}

/** A value of its own for each second, −1 to 1. */
function noise(seed: number, timeMs: number): number {
  return 2 * unit(seed, Math.floor(timeMs / SECOND)) - 1;
}

/** Where in its period a device begins, so that devices of one model do not march in step. */
function offsetOf(seed: number, period: number): number {
  return Math.floor(period * unit(seed, -1));
}

/**
 * A number in [0, 1) for a seed and an index, evenly spread: the finalizer of MurmurHash3 (fmix32, Austin Appleby,
 * public domain) over both.
 */
function unit(seed: number, index: number): number {
  let hash = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index | 0, 0x85ebca77)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function fraction(value: number): number {
  return value - Math.floor(value);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
