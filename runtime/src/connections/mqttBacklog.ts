import type { Stop } from '@sluice/shared/node/context.ts';
import type { Delivery } from './mqttDelivery.ts';

/** How much may wait for one subscriber before nothing is read any more. */
export const MAX_WAITING = 512;
const MAX_WAITING_BYTES = 16_000_000;

/** A subscriber that is full for a moment, as a busy one often is, is not worth a word. */
const TELL_AFTER_MS = 1_000;

/** Packets that wait for somebody, oldest first. It is full when as much waits as may, and until half of it is gone. */
export interface Backlog {
  readonly size: number;
  push(delivery: Delivery): void;
  /** Takes up to so many. */
  take(most: number): readonly Delivery[];
  takeAll(): readonly Delivery[];
  /** Nothing comes of it any more. */
  close(): void;
}

export interface BacklogOptions {
  readonly after: (ms: number, run: () => void) => Stop;
  /** It has become full, or is not so any more. */
  readonly onFull: (isFull: boolean) => void;
  /** It has been full for a while, or is not so any more. */
  readonly onBlocking?: ((isBlocking: boolean) => void) | undefined;
}

export function createBacklog({ after, onFull, onBlocking }: BacklogOptions): Backlog {
  let waiting: Delivery[] = [];
  let head = 0;
  let bytes = 0;
  let isFull = false;
  let isTold = false;
  let stopTelling: Stop | undefined;
  const size = () => waiting.length - head;

  const setFull = (next: boolean) => {
    if (next === isFull) return;
    isFull = next;
    void stopTelling?.();
    stopTelling = undefined;
    if (isFull && onBlocking !== undefined)
      stopTelling = after(TELL_AFTER_MS, () => {
        isTold = true;
        onBlocking(true);
      });
    if (!isFull && isTold) {
      isTold = false;
      onBlocking?.(false);
    }
    onFull(isFull);
  };
  const removed = () => {
    if (size() <= MAX_WAITING / 2 && bytes <= MAX_WAITING_BYTES / 2) setFull(false);
  };

  return {
    get size() {
      return size();
    },
    push: (delivery) => {
      waiting.push(delivery);
      bytes += delivery.packet.payload.length;
      if (size() >= MAX_WAITING || bytes >= MAX_WAITING_BYTES) setFull(true);
    },
    take: (most) => {
      const taken = waiting.slice(head, head + most);
      head += taken.length;
      for (const { packet } of taken) bytes -= packet.payload.length;
      if (head === waiting.length || head > 1_024) {
        waiting = waiting.slice(head);
        head = 0;
      }
      removed();
      return taken;
    },
    takeAll: () => {
      const all = waiting.slice(head);
      waiting = [];
      head = bytes = 0;
      removed();
      return all;
    },
    close: () => {
      void stopTelling?.();
      stopTelling = undefined;
    },
  };
}
