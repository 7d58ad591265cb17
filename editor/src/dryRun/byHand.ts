import type { Inject } from '@sluice/shared/protocol/live.ts';

export interface ByHand {
  readonly payload: string;
  readonly device: string;
  readonly topic: string;
}

export type ParsedByHand =
  | { readonly ok: true; readonly message: NonNullable<Inject['message']> }
  | { readonly ok: false; readonly sentence: string };

/** Reads a message typed by hand. What begins like JSON has to be JSON; anything else is text. */
export function parseByHand({ payload, device, topic }: ByHand): ParsedByHand {
  const text = payload.trim();
  const rest = { ...(device === '' ? {} : { device }), ...(topic === '' ? {} : { topic }) };
  if (text === '') return { ok: true, message: { ...rest, payload: null } };
  try {
    return { ok: true, message: { ...rest, payload: JSON.parse(text) } };
  } catch (error) {
    if (!/^[[{"]/.test(text)) return { ok: true, message: { ...rest, payload: text } };
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, sentence: `This begins like JSON and is not: ${reason}.` };
  }
}
