/** What a flow stands in: the connections that it may name. */
export interface FlowEnvironment {
  /** Connection id to its type. */
  readonly connections: ReadonlyMap<string, string>;
}
