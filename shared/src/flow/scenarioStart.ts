/** When every scenario, and every test by hand, begins: 2026-01-01T00:00:00Z, a Thursday. Ms since the epoch. */
export const SCENARIO_START = Date.UTC(2026, 0, 1);
