/** What is wrong with a flow: a sentence for a person, and where it is. An error stops a deploy, a warning does not. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** A stable name, for tests and for the editor's offers to mend it. */
  readonly code: ProblemCode;
  readonly sentence: string;
  readonly node?: string | undefined;
  /** The field of the node's settings, as `limit` or `rules[2].value`. */
  readonly field?: string | undefined;
  /** The wire, by `wireKey`. */
  readonly wire?: string | undefined;
}

export type ProblemCode =
  | 'flow.empty'
  | 'flow.no-source'
  | 'node.duplicate-id'
  | 'node.unknown-type'
  | 'node.invalid-setting'
  | 'node.unknown-setting'
  | 'node.unreachable'
  | 'node.needs-input'
  | 'node.unknown-connection'
  | 'node.wrong-connection'
  | 'wire.unknown-node'
  | 'wire.unknown-port'
  | 'wire.duplicate'
  | 'loop'
  | 'code.syntax';

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
