import type { Command } from './command.ts';
import { ARRANGING, EDITING } from './editCommands.ts';
import type { Editor } from './editor.ts';
import { LOOKING, RUNNING } from './screenCommands.ts';

/** All commands, in the order of the command menu. */
export const COMMANDS: readonly Command[] = [...EDITING, ...ARRANGING, ...LOOKING, ...RUNNING];

export function isPossible(command: Command, editor: Editor): boolean {
  return command.isPossible?.(editor) ?? true;
}
