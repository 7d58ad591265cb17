import type { MqttPacket } from '@sluice/shared/node/context.ts';

/** One packet on its way to everyone who wants it; settled when all of them have acknowledged it. */
export interface Delivery {
  readonly packet: MqttPacket;
  open: number;
  readonly settle: () => void;
}

export function settleOne(delivery: Delivery): void {
  delivery.open -= 1;
  if (delivery.open === 0) delivery.settle();
}
