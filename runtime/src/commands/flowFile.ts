import { readFileSync, statSync } from 'node:fs';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { FLOW_LIMITS } from '@sluice/shared/flow/flow.ts';
import { readFlow } from '@sluice/shared/flow/readFlow.ts';
import { WrongArgument } from './command.ts';

/** Reads a flow file. Throws `WrongArgument` with a sentence that names the file. */
export function readFlowFile(file: string): Flow {
  const read = readFlow(textOf(file));
  if (!read.ok) throw new WrongArgument(`${file}: ${read.sentence}`);
  return read.flow;
}

function textOf(file: string): string {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new WrongArgument(`${file} is a folder, and a flow file was expected.`);
    // Characters are counted later; this keeps a file that is no flow at all out of memory.
    if (stat.size > 4 * FLOW_LIMITS.bytes)
      throw new WrongArgument(`${file} has ${(stat.size / 1e6).toFixed(1)} MB, too much for a flow file.`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof WrongArgument) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new WrongArgument(`${file} cannot be read: ${reason}.`, { cause: error });
  }
}
