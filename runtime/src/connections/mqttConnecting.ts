import type { MqttClient } from 'mqtt';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import { isRefusal } from './mqttSettings.ts';

/** How long a packet waits for a connection that is just being made. */
const CONNECTING_MS = 1_000;

export interface Connecting {
  /** Waits for a connection that is just being made; false when none is. */
  wait(): boolean;
  /** The broker has refused the connection itself, which no waiting mends. */
  readonly isRefused: boolean;
}

interface Handlers {
  readonly onOpen: () => void;
  /** The connection that was waited for is not there in time. */
  readonly onGaveUp: () => void;
  /** The connection, or the try to make one, has ended. */
  readonly onClosed: () => void;
}

/** Follows whether a connection is being made, for those that want to publish meanwhile. */
export function followConnecting(client: MqttClient, scheduler: Scheduler, handlers: Handlers): Connecting {
  let isTrying = true;
  let isRefused = false;
  let stopTimer: Stop | undefined;
  const stopWaiting = () => {
    void stopTimer?.();
    stopTimer = undefined;
  };
  client.on('reconnect', () => {
    isTrying = true;
  });
  client.on('connect', () => {
    isTrying = isRefused = false;
    stopWaiting();
    handlers.onOpen();
  });
  client.on('error', (error) => {
    isRefused = isRefusal(error);
  });
  client.on('close', () => {
    isTrying = false;
    stopWaiting();
    handlers.onClosed();
  });
  return {
    wait: () => {
      if (!isTrying) return false;
      stopTimer ??= scheduler.after(CONNECTING_MS, () => {
        stopTimer = undefined;
        handlers.onGaveUp();
      });
      return true;
    },
    get isRefused() {
      return isRefused;
    },
  };
}
