import type { Command } from './command.ts';
import { ARRANGING, EDITING } from './editCommands.ts';
import type { Editor } from './editor.ts';
import { LOOKING, RUNNING } from './screenCommands.ts';

/** All commands, in the order of the command menu. */
export const COMMANDS: readonly Command[] = [...EDITING, ...ARRANGING, ...LOOKING, ...RUNNING];

/** Whether there is something for the command to do, and the role allows it. */
export function isPossible(command: Command, editor: Editor): boolean {
  return isAllowed(command, editor) && hasWork(command, editor);
}

export function hasWork(command: Command, editor: Editor): boolean {
  return command.isPossible?.(editor) ?? true;
}

/** Whether the role of this person allows the command. */
export function isAllowed({ needs }: Command, { canEdit, canRun }: Editor): boolean {
  if (needs === undefined) return true;
  return needs === 'edit' ? canEdit : canRun;
}
