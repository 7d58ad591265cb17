import type { Message } from '@sluice/shared/message/message.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';

/** A message as a column of the state file holds it. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(toStored(message));
}

export function decodeMessage(text: string): Message {
  return fromStored(JSON.parse(text) as StoredMessage);
}
