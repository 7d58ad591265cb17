import { SluiceError } from '@sluice/shared/errors.ts';
import type { Aedes } from 'aedes';
import type { Admission } from './hooks.ts';
import type { Inbox } from './inbox.ts';

/** Publishes for the server itself; resolves when the message has its place. Throws `runner-away` while there is none. */
export function publishOwn(
  aedes: Aedes,
  admission: Admission,
  topic: string,
  payload: Buffer,
): Promise<void> {
  const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
  return new Promise((resolve, reject) => {
    admission(undefined, packet, (refused) => {
      if (refused !== null && refused !== undefined) {
        reject(new SluiceError('runner-away', refused.message, { cause: refused }));
        return;
      }
      aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  });
}

/** What a process that was killed had acknowledged and not yet queued. */
export async function publishAgain(aedes: Aedes, inbox: Inbox): Promise<void> {
  for (const { packet, remove } of inbox.left()) {
    await new Promise<void>((resolve, reject) => {
      const { topic, payload, qos, retain } = packet;
      aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    remove();
  }
}
