import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { ProgramSource } from '@sluice/shared/node/context.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import { outputsOf } from '@sluice/shared/node/defineNode.ts';
import type * as z from 'zod';
import type { Plan, PlannedNode } from '../engine/plan.ts';
import type { Sandbox, SourceProblem } from '../sandbox/sandbox.ts';

interface Code {
  readonly node: PlannedNode;
  readonly field: string | undefined;
  readonly source: ProgramSource;
}

/** Checks the syntax of all user code in a plan, in the sandbox (EN13). Runs none of it. */
export async function checkUserCode(plan: Plan, sandbox: Sandbox): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    plan.nodes.flatMap(codeOf).map(async (code) => {
      const problem = await sandbox.check(code.source);
      return problem === undefined ? [] : [problemOf(code, problem)];
    }),
  );
  return problems.flat();
}

export function hasUserCode(node: PlannedNode): boolean {
  return codeOf(node).length > 0;
}

/** The user code of a node: its fields with an editor for code, and the expressions in its values. */
function codeOf(node: PlannedNode): readonly Code[] {
  const { definition } = node.entry;
  const fields = Object.entries(definition.config.shape).flatMap(([field, schema]): Code[] => {
    const text = node.config[field];
    const meta = metaOf(schema as z.ZodType);
    if (typeof text !== 'string' || meta?.widget !== 'code') return [];
    const source = sourceOf(meta.language, text, outputsOf(definition, node.config).length);
    return source === undefined ? [] : [{ node, field, source }];
  });
  const expressions = node.expressions.map((source): Code => {
    return { node, field: undefined, source: { kind: 'expression', source } };
  });
  return [...fields, ...expressions];
}

function sourceOf(language: string | undefined, text: string, outputs: number): ProgramSource | undefined {
  switch (language) {
    case 'javascript':
      return { kind: 'function', code: text, outputs };
    case 'jsonata':
      return { kind: 'expression', source: text };
    case 'mustache':
      return { kind: 'template', source: text };
    default:
      return undefined;
  }
}

function problemOf({ node, field, source }: Code, problem: SourceProblem): Problem {
  const where = problem.line === undefined ? '' : ` (line ${problem.line})`;
  const which =
    source.kind === 'expression' && field === undefined ? ` The expression “${source.source}”:` : '';
  return {
    severity: 'error',
    code: 'code.syntax',
    node: node.id,
    field,
    sentence: `${node.name}:${which} ${problem.sentence}${where}`,
  };
}
