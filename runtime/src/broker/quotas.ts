/** What one broker keeps at most for all its clients together, so that no client can fill memory or disk. */
export interface BrokerQuotas {
  readonly connections: number;
  readonly retainedMessages: number;
  readonly retainedBytes: number;
  /** Sessions that outlive their connection (clean session = 0). */
  readonly sessions: number;
  readonly subscriptionsPerSession: number;
  readonly queuedMessagesPerSession: number;
  readonly queuedBytesPerSession: number;
  readonly queuedBytes: number;
  /** The same for a session of which nothing may be left out: what goes beyond is not taken from its publisher. */
  readonly keptMessagesPerSession: number;
  readonly keptBytesPerSession: number;
}

export const DEFAULT_QUOTAS: BrokerQuotas = {
  connections: 10_000,
  retainedMessages: 20_000,
  retainedBytes: 67_108_864,
  sessions: 10_000,
  subscriptionsPerSession: 1_000,
  queuedMessagesPerSession: 20_000,
  queuedBytesPerSession: 33_554_432,
  queuedBytes: 134_217_728,
  keptMessagesPerSession: 100_000,
  keptBytesPerSession: 67_108_864,
};

/** Told when a quota made the broker leave something out: what and why, for the operator's log. */
export type OnQuota = (sentence: string) => void;
