import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { ChangeConfig } from './schema.ts';
import { changeNode } from './schema.ts';

function sentence({ set, delete: deleted, move }: ChangeConfig): string {
  const parts = [
    ...set.map(({ path, to }) => `${cut(path, 24)} = ${formatValue(to)}`),
    ...deleted.map((path) => `without ${cut(path, 24)}`),
    ...move.map(({ from, to }) => `${cut(from, 24)} → ${cut(to, 24)}`),
  ];
  const [first, ...more] = parts;
  if (first === undefined) return 'changes nothing';
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

export const changeForm = defineForm(changeNode, { order: ['set', 'delete', 'move'], sentence });
