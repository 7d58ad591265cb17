import { FLOW_LIMITS } from '@sluice/shared/flow/flow.ts';
import { type ReadFlow, readFlow } from '@sluice/shared/flow/readFlow.ts';
import { remote } from '../state/remoteQueries.ts';
import { saveJsonFile } from '../ui/saveFile.ts';

/** Reads a flow file that a person chose. The size is looked at first, so that a film chosen by mistake is not read in. */
export async function readFlowFile(file: Pick<File, 'size' | 'text'>): Promise<ReadFlow> {
  if (file.size > FLOW_LIMITS.bytes) {
    const sizes = `${(file.size / 1e6).toFixed(1)} MB, and a flow file has at most ${FLOW_LIMITS.bytes / 1e6} MB`;
    return { ok: false, code: 'too-large', sentence: `The file has ${sizes}. Choose another one.` };
  }
  try {
    return readFlow(await file.text());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, code: 'invalid-input', sentence: `The file could not be read: ${reason}` };
  }
}

/** Has the browser save the draft of a flow as a file. */
export async function exportFlow(id: string): Promise<void> {
  const { flow } = await remote.call('flow', { params: { id } });
  saveJsonFile(`${flow.id}.json`, [`${JSON.stringify(flow, null, 2)}\n`]);
}
