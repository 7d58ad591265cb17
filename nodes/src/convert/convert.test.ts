import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertNode } from './schema.ts';
import { convertRunner } from './run.ts';
import type { Dimension } from './units.ts';
import { converter, symbolsOf, unitOf } from './units.ts';
import { startNode } from '../testing.ts';

const problems = (config: object) => convertNode.problems?.(convertNode.config.parse(config)) ?? [];

async function converted(config: object, value: unknown) {
  const bench = startNode({ definition: convertNode }, convertRunner, config);
  await bench.receive([{ payload: { value, other: 1 } }]);
  return bench.sent[0];
}

describe('units', () => {
  it.each([
    [100, '°C', '°F', 212],
    [-40, '°F', '°C', -40],
    [0, '°C', 'K', 273.15],
    [21.5, '°C', '°C', 21.5],
    [1, 'bar', 'psi', 14.503773773],
    [1, 'atm', 'mmHg', 759.999892],
    [1, 'mi', 'km', 1.609344],
    [1, 'lb', 'g', 453.59237],
    [100, 'km/h', 'm/s', 27.77777778],
    [1, 'kn', 'km/h', 1.852],
    [1, 'US gal', 'L', 3.785411784],
    [1, 'm³/h', 'L/min', 16.66666667],
    [1, 'kWh', 'MJ', 3.6],
    [1, 'kWh', 'BTU', 3412.141633],
    [1, 'hp', 'W', 745.6998716],
    [1, 'PS', 'W', 735.49875],
    [3000, 'rpm', 'Hz', 50],
    [25, '%', '1', 0.25],
    [1, 'gn', 'm/s²', 9.80665],
    [180, '°', 'rad', Math.PI],
  ])('%d %s in %s', (value, from, to, expected) => {
    const [source, target] = [unitOf(from), unitOf(to)];
    if (source === undefined || target === undefined) throw new Error('unknown unit');
    expect(converter(source, target)(value)).toBeCloseTo(expected, 5);
  });

  it('there and back gives the same value, for every pair of every dimension', () => {
    const dimensions: Dimension[] = [
      'temperature',
      'pressure',
      'length',
      'mass',
      'flow',
      'energy',
      'power',
      'ratio',
    ];
    const pair = fc.constantFrom(...dimensions).chain((dimension) => {
      const unit = fc.constantFrom(...symbolsOf(dimension));
      return fc.tuple(unit, unit, fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    });
    fc.assert(
      fc.property(pair, ([from, to, value]) => {
        const [source, target] = [unitOf(from), unitOf(to)];
        if (source === undefined || target === undefined) return false;
        const back = converter(target, source)(converter(source, target)(value));
        return Math.abs(back - value) <= 1e-9 * Math.max(1, Math.abs(value), 1e3);
      }),
    );
  });

  it('stays exact where the factor is a power of ten', async () => {
    expect((await converted({ from: 'cm', to: 'm' }, 5))?.message.payload).toMatchObject({ value: 0.05 });
    expect((await converted({ from: 'Wh', to: 'kWh' }, 1250))?.message.payload).toMatchObject({
      value: 1.25,
    });
  });
});

describe('convert', () => {
  it('changes the one field and nothing else', async () => {
    const sent = await converted({ from: '°F', to: '°C', decimals: 2 }, 70);
    expect(sent?.message.payload).toEqual({ value: 21.11, other: 1 });
  });

  it.each([
    [1.005, 2, 1.01],
    [-1.005, 2, -1.01],
    [1e-9, 2, 0],
    [2.5, 0, 3],
  ])('rounds %d to %d places', async (value, decimals, expected) => {
    const sent = await converted({ from: 'm', to: 'm', decimals }, value);
    expect(sent?.message.payload).toEqual({ value: expected, other: 1 });
  });

  it.each([
    ['1', 'is the text “1”'],
    [null, 'is empty'],
    [undefined, 'is missing'],
    [Number.NaN, 'is NaN'],
  ])('[EN7] %s leaves by error', async (value, what) => {
    const sent = await converted({}, value);
    expect(sent?.port).toBe('error');
    expect(sent?.message.headers['error']).toContain(what);
  });

  it('a result that is no number any more is an error', async () => {
    expect((await converted({ from: 'km', to: 'µm' }, 1e307))?.port).toBe('error');
  });

  it('names what is wrong with its units', () => {
    expect(problems({ from: 'kw', to: 'W' })).toEqual([
      { field: 'from', sentence: 'The unit “kw” is not known. Did you mean kW?' },
    ]);
    expect(problems({ from: '°C', to: 'bar' })[0]?.sentence).toBe(
      '°C is a temperature and bar is a pressure: they cannot be converted. Choose one of K, °C, °F.',
    );
    expect(problems({ from: 'degC', to: 'F' })).toEqual([]);
    expect(problems({ from: 'toString', to: 'K' })).toHaveLength(1);
  });
});
