import type { MqttPacket } from '@sluice/shared/node/context.ts';

/** One packet on its way to everyone who wants it; settled when all of them have acknowledged it. */
export interface Delivery {
  readonly packet: MqttPacket;
  /** How many have still to acknowledge it. */
  open: number;
  /** Nobody waits for a packet of QoS 0. */
  readonly settle: (() => void) | undefined;
}

/** A packet that nobody has been given yet. */
export function deliveryOf(packet: MqttPacket, settle: (() => void) | undefined): Delivery {
  return { packet, open: 0, settle };
}

export function settleAll(deliveries: readonly Delivery[]): void {
  for (const delivery of deliveries) {
    delivery.open -= 1;
    if (delivery.open === 0) delivery.settle?.();
  }
}
