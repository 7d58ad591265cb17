import type { Bed, BedOptions, BrokerKind } from '../bed.ts';
import type { Flows } from '../flows.ts';
import type { Report } from '../report.ts';

/** How much is done: a little in `npm test`, all of it in `npm run test:faults`. */
export interface Extent {
  readonly isShort: boolean;
  /** How often a fault happens, where it can happen often. */
  readonly rounds: number | undefined;
}

/** One kind of fault. */
export interface Case {
  readonly name: string;
  readonly brokers: readonly BrokerKind[];
  /** Those of the short form, where another one adds little; all where it is left out. */
  readonly shortBrokers?: readonly BrokerKind[];
  /** In place of the standard flows; `connection` is that of their target. */
  readonly flows?: (connection: string) => Flows;
  /** Why it cannot run on this machine; `undefined` when it can. */
  readonly skip?: () => string | undefined;
  readonly bed?: (extent: Extent) => Partial<BedOptions>;
  /** Flows are running and the load is on. */
  run(bed: Bed, extent: Extent): Promise<Report>;
}
