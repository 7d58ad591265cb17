import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Source } from '@sluice/shared/node/implementNode.ts';
import type { CircuitNode } from './circuit.ts';
import type { PassEntry } from './pass.ts';

/** Where a message that is put in by hand starts. Throws a sentence for a node that cannot take it. */
export function entryByHand(
  node: CircuitNode,
  source: Source<string> | undefined,
  port: string | undefined,
  message: Message | undefined,
): PassEntry {
  const { planned, outputs, inputs, index } = node;
  const given = message ?? source?.pressed?.();
  if (given === undefined) {
    throw new SluiceError(
      'invalid-input',
      `“${planned.name}” has no button, so a message has to be given. Write one and send it again.`,
    );
  }
  const messages = [given];
  const out = port ?? (inputs.length === 0 ? outputs[0]?.name : undefined);
  if (out === undefined)
    return { node: index, isCaught: false, arrivals: [{ port: inputs[0] ?? '', messages }] };
  if (outputs.some(({ name }) => name === out))
    return { node: index, isCaught: false, emitted: [{ port: out, messages }] };
  if (inputs.includes(out)) return { node: index, isCaught: false, arrivals: [{ port: out, messages }] };
  throw new SluiceError(
    'invalid-input',
    `“${planned.name}” has no port “${out}”. Its ports are: ${[...inputs, ...outputs.map(({ name }) => name)].join(', ')}.`,
  );
}
