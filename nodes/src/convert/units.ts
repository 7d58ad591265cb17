/**
 * Units of measure. A value in a unit is `value × factor + offset` in the base unit of its dimension.
 *
 * Factors are the exact ones where there are any: the SI brochure, 9th edition (BIPM 2019), table 8 for min, h, d, L, t,
 * eV; NIST Special Publication 811 (2008), appendix B.8, for the others (international foot 0.3048 m, pound 0.453 592 37 kg,
 * standard gravity 9.806 65 m/s², conventional mercury 13 595.1 kg/m³, IT calorie 4.1868 J, IT Btu 1055.055 852 62 J,
 * mechanical horsepower 550 ft·lbf/s, US gallon 231 in³).
 */
interface Unit {
  readonly dimension: Dimension;
  readonly title: string;
  readonly factor: number;
  readonly offset?: number;
}

const FOOT = 0.3048;
const INCH = 0.0254;
const POUND = 0.45359237;
const GRAVITY = 9.80665;
const US_GALLON = 231 * INCH ** 3;
/** A millimetre of mercury at 0 °C: 13 595.1 kg/m³. */
const MERCURY = 13.5951 * GRAVITY;
const BTU = 1055.05585262;

/** By dimension, the base unit first. The key is what people write. */
const TABLE = {
  temperature: {
    K: ['kelvin', 1],
    '°C': ['degree Celsius', 1, 273.15],
    '°F': ['degree Fahrenheit', 5 / 9, 459.67 * (5 / 9)],
  },
  pressure: {
    Pa: ['pascal', 1],
    hPa: ['hectopascal', 100],
    kPa: ['kilopascal', 1e3],
    MPa: ['megapascal', 1e6],
    mbar: ['millibar', 100],
    bar: ['bar', 1e5],
    atm: ['standard atmosphere', 101_325],
    psi: ['pound-force per square inch', (POUND * GRAVITY) / INCH ** 2],
    mmHg: ['millimetre of mercury', MERCURY],
    inHg: ['inch of mercury', 25.4 * MERCURY],
    mmH2O: ['millimetre of water', GRAVITY],
  },
  length: {
    m: ['metre', 1],
    µm: ['micrometre', 1e-6],
    mm: ['millimetre', 1e-3],
    cm: ['centimetre', 1e-2],
    km: ['kilometre', 1e3],
    in: ['inch', INCH],
    ft: ['foot', FOOT],
    yd: ['yard', 0.9144],
    mi: ['mile', 1609.344],
    nmi: ['nautical mile', 1852],
  },
  area: {
    'm²': ['square metre', 1],
    'cm²': ['square centimetre', 1e-4],
    'mm²': ['square millimetre', 1e-6],
    ha: ['hectare', 1e4],
    'km²': ['square kilometre', 1e6],
    'ft²': ['square foot', FOOT ** 2],
    acre: ['acre', 4046.8564224],
  },
  mass: {
    kg: ['kilogram', 1],
    mg: ['milligram', 1e-6],
    g: ['gram', 1e-3],
    t: ['tonne', 1e3],
    oz: ['ounce', POUND / 16],
    lb: ['pound', POUND],
    'US ton': ['short ton', 2000 * POUND],
  },
  speed: {
    'm/s': ['metre per second', 1],
    'mm/s': ['millimetre per second', 1e-3],
    'km/h': ['kilometre per hour', 1 / 3.6],
    mph: ['mile per hour', 0.44704],
    kn: ['knot', 1852 / 3600],
    'ft/s': ['foot per second', FOOT],
    'in/s': ['inch per second', INCH],
  },
  acceleration: {
    'm/s²': ['metre per second squared', 1],
    'mm/s²': ['millimetre per second squared', 1e-3],
    gn: ['standard gravity (g)', GRAVITY],
    'ft/s²': ['foot per second squared', FOOT],
  },
  volume: {
    'm³': ['cubic metre', 1],
    L: ['litre', 1e-3],
    mL: ['millilitre', 1e-6],
    'cm³': ['cubic centimetre', 1e-6],
    'ft³': ['cubic foot', FOOT ** 3],
    'US gal': ['US gallon', US_GALLON],
    'UK gal': ['imperial gallon', 4.54609e-3],
    bbl: ['oil barrel', 42 * US_GALLON],
  },
  flow: {
    'm³/s': ['cubic metre per second', 1],
    'm³/h': ['cubic metre per hour', 1 / 3600],
    'L/s': ['litre per second', 1e-3],
    'L/min': ['litre per minute', 1e-3 / 60],
    'L/h': ['litre per hour', 1e-3 / 3600],
    'US gal/min': ['US gallon per minute', US_GALLON / 60],
    'ft³/min': ['cubic foot per minute', FOOT ** 3 / 60],
  },
  energy: {
    J: ['joule', 1],
    kJ: ['kilojoule', 1e3],
    MJ: ['megajoule', 1e6],
    GJ: ['gigajoule', 1e9],
    Wh: ['watt hour', 3600],
    kWh: ['kilowatt hour', 3.6e6],
    MWh: ['megawatt hour', 3.6e9],
    cal: ['calorie', 4.1868],
    kcal: ['kilocalorie', 4186.8],
    BTU: ['British thermal unit', BTU],
    therm: ['therm (EC)', 1e5 * BTU],
  },
  power: {
    W: ['watt', 1],
    mW: ['milliwatt', 1e-3],
    kW: ['kilowatt', 1e3],
    MW: ['megawatt', 1e6],
    hp: ['horsepower', 550 * FOOT * POUND * GRAVITY],
    PS: ['metric horsepower', 75 * GRAVITY],
    'BTU/h': ['British thermal unit per hour', BTU / 3600],
  },
  frequency: {
    Hz: ['hertz', 1],
    kHz: ['kilohertz', 1e3],
    MHz: ['megahertz', 1e6],
    rpm: ['revolution per minute', 1 / 60],
  },
  ratio: {
    '1': ['fraction', 1],
    '%': ['per cent', 1e-2],
    '‰': ['per mille', 1e-3],
    ppm: ['part per million', 1e-6],
    ppb: ['part per billion', 1e-9],
  },
  time: {
    s: ['second', 1],
    ms: ['millisecond', 1e-3],
    min: ['minute', 60],
    h: ['hour', 3600],
    d: ['day', 86_400],
  },
  voltage: { V: ['volt', 1], mV: ['millivolt', 1e-3], kV: ['kilovolt', 1e3] },
  current: { A: ['ampere', 1], mA: ['milliampere', 1e-3], kA: ['kiloampere', 1e3] },
  force: { N: ['newton', 1], kN: ['kilonewton', 1e3], lbf: ['pound-force', POUND * GRAVITY] },
  torque: { N·m: ['newton metre', 1], lbf·ft: ['pound-force foot', POUND * GRAVITY * FOOT] },
  angle: { rad: ['radian', 1], '°': ['degree', Math.PI / 180], rev: ['revolution', 2 * Math.PI] },
  amount: {
    B: ['byte', 1],
    kB: ['kilobyte', 1e3],
    MB: ['megabyte', 1e6],
    GB: ['gigabyte', 1e9],
    KiB: ['kibibyte', 1024],
    MiB: ['mebibyte', 1024 ** 2],
  },
} as const satisfies Record<string, Record<string, readonly [string, number, number?]>>;

export type Dimension = keyof typeof TABLE;

/** Other ways in which people and devices write a unit. */
const ALIASES: Readonly<Record<string, string>> = {
  C: '°C',
  degC: '°C',
  celsius: '°C',
  F: '°F',
  degF: '°F',
  fahrenheit: '°F',
  kelvin: 'K',
  um: 'µm',
  μm: 'µm',
  m2: 'm²',
  m3: 'm³',
  'm3/h': 'm³/h',
  'm3/s': 'm³/s',
  'm/s2': 'm/s²',
  l: 'L',
  ml: 'mL',
  'l/min': 'L/min',
  'l/s': 'L/s',
  'l/h': 'L/h',
  kmh: 'km/h',
  'mi/h': 'mph',
  knot: 'kn',
  Nm: 'N·m',
  percent: '%',
  deg: '°',
};

const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries(TABLE).flatMap(([dimension, units]) =>
    Object.entries(units as Record<string, readonly [string, number, number?]>).map(
      ([symbol, [title, factor, offset]]) => [
        symbol,
        {
          dimension: dimension as Dimension,
          title,
          factor,
          ...(offset !== undefined && { offset }),
        },
      ],
    ),
  ),
);

/** What is known of a unit; `undefined` when it is not known. Case matters: `mW` and `MW` are not the same. */
export function unitOf(text: string): Unit | undefined {
  const written = text.trim();
  return UNITS.get(written) ?? UNITS.get(ALIASES[written] ?? '');
}

/** The symbols of a dimension, the base unit first. */
export function symbolsOf(dimension: Dimension): readonly string[] {
  return Object.keys(TABLE[dimension]);
}

/** Units that differ from what was written in case only. */
export function similarUnits(text: string): readonly string[] {
  const written = text.trim().toLowerCase();
  return [...UNITS.keys()].filter((symbol) => symbol.toLowerCase() === written);
}

/** A function that turns a value of one unit into the other; both must be of one dimension. */
export function converter(from: Unit, to: Unit): (value: number) => number {
  if (from.dimension !== to.dimension)
    throw new Error(`A ${from.title} is a ${from.dimension} and a ${to.title} is a ${to.dimension}.`);
  if (from.factor === to.factor && (from.offset ?? 0) === (to.offset ?? 0)) return (value) => value;
  if ((from.offset ?? 0) === 0 && (to.offset ?? 0) === 0) {
    // Multiplying or dividing by a whole number is exact where the inverse is not: 3 cm are 0.03 m.
    if (from.factor >= to.factor) {
      const up = from.factor / to.factor;
      return (value) => value * up;
    }
    const down = to.factor / from.factor;
    return (value) => value / down;
  }
  const shift = (from.offset ?? 0) - (to.offset ?? 0);
  if (from.factor === to.factor) return (value) => value + shift;
  return (value) => (value * from.factor + shift) / to.factor;
}
