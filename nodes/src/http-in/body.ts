import { decodePayload } from '@sluice/shared/message/arrival.ts';
import type { Payload } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';

export type Body =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly sentence: string };

/** Reads the body of a request by its content type; an empty one is null. */
export function readBody(bytes: Uint8Array, contentType: string): Body {
  if (bytes.length === 0) return { ok: true, payload: null };
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) return decodePayload(bytes, 'json');
  if (type === 'application/x-www-form-urlencoded') return readForm(bytes);
  if (type.startsWith('text/')) return decodePayload(bytes, 'text');
  if (type === 'application/octet-stream') return decodePayload(bytes, 'bytes');
  return decodePayload(bytes, 'auto');
}

function readForm(bytes: Uint8Array): Body {
  const decoded = decodePayload(bytes, 'text');
  if (!decoded.ok) return decoded;
  // Object.fromEntries defines own properties, so that a field __proto__ stays a plain key.
  return { ok: true, payload: Object.fromEntries(new URLSearchParams(textOf(decoded.payload))) };
}
