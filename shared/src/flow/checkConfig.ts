import * as z from 'zod';
import type { CatalogEntry } from '../node/catalog.ts';
import type { AnyNodeDefinition, ConfigProblem } from '../node/defineNode.ts';
import { metaOf } from '../node/field.ts';
import type { FlowEnvironment } from './environment.ts';
import type { FlowNode } from './flow.ts';
import type { Problem } from './problem.ts';

export interface CheckedConfig {
  /** The settings with their defaults, or `undefined` where they do not fit the schema. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly Problem[];
}

/** Reads the settings of one node by the schema of its type; each problem names its field and says what would fit. */
export function checkConfig(
  node: FlowNode,
  entry: CatalogEntry,
  environment: FlowEnvironment,
): CheckedConfig {
  const { definition } = entry;
  const unknown = unknownSettings(node, definition);
  const parsed = definition.config.safeParse(node.config, { reportInput: true });
  if (!parsed.success) {
    return {
      config: undefined,
      problems: [...unknown, ...parsed.error.issues.map((issue) => ofIssue(node, definition, issue))],
    };
  }
  const own = definition.problems === undefined ? [] : definition.problems(parsed.data as never);
  return {
    config: parsed.data,
    problems: [
      ...unknown,
      ...own.map((problem) => ofConfigProblem(node, problem)),
      ...connectionProblems(node, definition, parsed.data, environment),
    ],
  };
}

function unknownSettings(node: FlowNode, definition: AnyNodeDefinition): Problem[] {
  const known = new Set(Object.keys(definition.config.shape));
  return Object.keys(node.config)
    .filter((field) => !known.has(field))
    .map((field) => ({
      severity: 'warning',
      code: 'node.unknown-setting',
      node: node.id,
      field,
      sentence: `${definition.title} has no setting “${field}”, so it does nothing. Its settings are: ${[...known].join(', ')}.`,
    }));
}

function ofIssue(node: FlowNode, definition: AnyNodeDefinition, issue: z.core.$ZodIssue): Problem {
  const field = fieldName(issue.path);
  return {
    severity: 'error',
    code: 'node.invalid-setting',
    node: node.id,
    field,
    sentence: `${fieldTitle(definition, issue.path)}: ${sentenceOfIssue(issue)}`,
  };
}

/** `['rules', 2, 'value']` as `rules[2].value`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}

function fieldTitle(definition: AnyNodeDefinition, path: readonly PropertyKey[]): string {
  const schema = definition.config.shape[String(path[0])];
  const title = schema === undefined ? undefined : metaOf(schema as z.ZodType)?.title;
  const number = path.find((step) => typeof step === 'number');
  return `${title ?? fieldName(path)}${number === undefined ? '' : ` ${number + 1}`}`;
}

/** The issue in words; of a union (a value that may be a literal or a reference) the branch that fits best. */
function sentenceOfIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'This is missing. Fill it in.'
        : `A ${nameOf(issue.expected)} is needed here.`;
    case 'invalid_union': {
      const inner = issue.errors
        .flat()
        .find((other) => other.code === 'custom' || other.code === 'too_small');
      const types = issue.errors
        .flat()
        .filter((other) => other.code === 'invalid_type' && other.path.length === 0);
      const expected = types
        .map((other) => (other.code === 'invalid_type' ? nameOf(other.expected) : ''))
        .find((name) => name !== 'group of settings');
      return (
        inner?.message ??
        (expected === undefined
          ? 'The value does not fit.'
          : `A ${expected} is needed here, or a value from the message.`)
      );
    }
    case 'invalid_value':
      return `Choose one of ${issue.values.map(String).join(', ')}.`;
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `“${key}”`).join(', ')} does not belong here.`;
    default:
      return issue.message;
  }
}

function nameOf(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'number',
    int: 'whole number',
    boolean: 'yes or no',
    array: 'list',
    object: 'group of settings',
  };
  return names[type] ?? type;
}

function ofConfigProblem(node: FlowNode, problem: ConfigProblem): Problem {
  return {
    severity: problem.severity ?? 'error',
    code: 'node.invalid-setting',
    node: node.id,
    field: problem.field,
    sentence: problem.sentence,
  };
}

function connectionProblems(
  node: FlowNode,
  definition: AnyNodeDefinition,
  config: Readonly<Record<string, unknown>>,
  environment: FlowEnvironment,
): Problem[] {
  const problems: Problem[] = [];
  for (const [field, schema] of Object.entries(definition.config.shape)) {
    const meta = metaOf(schema as z.ZodType);
    const id = config[field];
    if (meta?.widget !== 'connection' || typeof id !== 'string') continue;
    const type = environment.connections.get(id);
    if (type === undefined) {
      const sentence = `${meta.title}: there is no connection “${id}”. Choose one that is there, or make it under Connections.`;
      problems.push({ severity: 'error', code: 'node.unknown-connection', node: node.id, field, sentence });
    } else if (type !== meta.connectionType) {
      const sentence = `${meta.title}: “${id}” is a connection of type ${type}, and one of type ${meta.connectionType ?? ''} is needed.`;
      problems.push({ severity: 'error', code: 'node.wrong-connection', node: node.id, field, sentence });
    }
  }
  return problems;
}
