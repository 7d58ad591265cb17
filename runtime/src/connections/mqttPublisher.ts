import type { MqttClient } from 'mqtt';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import { createGivenList } from '../engine/givenList.ts';
import type { Outgoing } from './mqttBurst.ts';
import { encodeBurst, MAX_PAYLOAD_BYTES } from './mqttBurst.ts';
import { followConnecting } from './mqttConnecting.ts';
import { createExactPublisher } from './mqttExactly.ts';
import { brokerAway, connectionRefused, packetRefused, tooLarge } from './mqttFailures.ts';
import type { Group } from './mqttGroups.ts';
import { createGroups } from './mqttGroups.ts';
import { createInFlight, MAX_IN_FLIGHT } from './mqttInFlight.ts';
import { createSuspicion } from './mqttSuspicion.ts';

/** Signals are looked at so often; `Group` says why they are not listened to. */
const LOOK_FOR_GIVEN_UP_MS = 250;

export interface MqttPublisher {
  /**
   * Resolves when the broker has it, at QoS 0 when it is written to the socket. Packets that are published in one go
   * share one promise.
   *
   * Rejects with `target-away` when the broker is away, goes away before it has confirmed, or `signal` gives up first,
   * which is noticed within a quarter of a second; the packet is not sent again then but by whoever publishes it again
   * (EN8). Any other error is for good.
   */
  publish(packet: Outgoing, signal: AbortSignal): Promise<void>;
  /** The broker has taken a packet of QoS 1 (PUBACK). False for a packet id that is not in use here. */
  acknowledged(packetId: number): boolean;
  readonly isBusy: boolean;
  /** The broker has still to confirm packets of QoS 1 or 2 that were sent. */
  readonly awaitsAnswers: boolean;
  /** Fails all that is under way. */
  close(): void;
}

export interface PublisherOptions {
  readonly client: MqttClient;
  readonly scheduler: Scheduler;
  /** How the connection is, for the sentences. */
  readonly state: () => string;
  /** Called when packets were sent that the broker has to confirm. */
  readonly onSent: () => void;
}

/**
 * Publishes past mqtt.js, which makes a turn, a copy and a callback of each packet: what comes in one go is written in
 * one go. Only QoS 2 goes by mqtt.js. Nothing is sent again here when the connection is lost: [MQTT-4.4.0-1] asks a
 * client to send again what was not acknowledged, and that is what the outbox in front of this does, under new packet
 * ids, as it has to after a crash too.
 */
export function createPublisher({ client, scheduler, state, onSent }: PublisherOptions): MqttPublisher {
  const exact = createExactPublisher(client);
  const inFlight = createInFlight<Sent>();
  const suspicion = createSuspicion();
  const underWay = createGivenList<Group>();
  let line: Group[] = [];
  /** Groups of QoS 2 that were sent and are not through. */
  const exactly = new Set<Group>();

  const settle = (group: Group, error?: Error) => {
    const isFirst = group.finish(error);
    exactly.delete(group);
    if (isFirst && group.place !== undefined) underWay.settle(group.place);
  };
  const countDown = (group: Group) => {
    group.open -= 1;
    if (group.open === 0) settle(group);
  };

  const writeBurst = (group: Group) => {
    const plain = group.packets.some(({ qos }) => qos === 0);
    const bytes = encodeBurst(group.packets, (packet) => {
      group.open += 1;
      return inFlight.add({ group, packet });
    });
    if (!plain) {
      client.stream.write(bytes);
      return;
    }
    group.open += 1;
    client.stream.write(bytes, (error) => {
      if (error === undefined || error === null) countDown(group);
      else settle(group, brokerAway(group.packets, 'not sent', state(), error));
    });
  };
  const publishExactly = (group: Group) => {
    exactly.add(group);
    group.open = group.packets.length;
    for (const packet of group.packets) {
      const done = (error?: Error | null) => {
        if (error === undefined || error === null) countDown(group);
        else settle(group, brokerAway(group.packets, 'unconfirmed', state(), error));
      };
      group.onGivenUp.push(() => exact.takeBack(done));
      exact.publish(packet, done);
    }
  };

  const giveUp = (group: Group) => {
    settle(group, brokerAway(group.packets, 'late', state()));
    for (const run of group.onGivenUp) run();
  };
  let stopLooking: Stop | undefined;
  const lookForGivenUp = () => {
    stopLooking ??= scheduler.after(LOOK_FOR_GIVEN_UP_MS, () => {
      stopLooking = undefined;
      for (const group of underWay.values()) if (group.signal.aborted) giveUp(group);
      if (underWay.size > 0) lookForGivenUp();
    });
  };

  const awaitsAnswers = () => inFlight.size > 0 || exactly.size > 0;
  const hasRoomFor = ({ packets }: Group) =>
    inFlight.size === 0 || (!suspicion.isOn && inFlight.size + packets.length <= MAX_IN_FLIGHT);
  const pump = () => {
    for (let group = line[0]; group !== undefined && client.connected; group = line[0]) {
      if (group.signal.aborted) giveUp(group);
      if (!group.isOver && !hasRoomFor(group)) return;
      line.shift();
      if (group.isOver) continue;
      if (group.isExact) publishExactly(group);
      else writeBurst(group);
      if (awaitsAnswers()) onSent();
    }
  };

  const failAll = (errorOf: (group: Group, isSent: boolean) => Error) => {
    const waited = new Set(line);
    line = [];
    for (const group of underWay.values()) settle(group, errorOf(group, !waited.has(group)));
  };
  const failure = ({ packets }: Group, isSent: boolean) => {
    const [first] = packets;
    if (first !== undefined && !isSent && connecting.isRefused) return connectionRefused(first, state());
    return brokerAway(packets, isSent ? 'unconfirmed' : 'not sent', state());
  };
  const connecting = followConnecting(client, scheduler, {
    onOpen: pump,
    onGaveUp: () => failAll(failure),
    onClosed: () => {
      const sent = inFlight.values();
      const blamed = suspicion.closed(sent.map(({ packet }) => packet));
      inFlight.clear();
      exact.takeAllBack();
      failAll((group, isSent) =>
        blamed !== undefined && group.packets.includes(blamed)
          ? packetRefused(blamed)
          : failure(group, isSent),
      );
    },
  });

  const groups = createGroups((group) => {
    group.place = underWay.add(group);
    line.push(group);
    lookForGivenUp();
    if (client.connected) pump();
    else if (!connecting.wait()) {
      line = line.filter((one) => one !== group);
      settle(group, failure(group, false));
    }
  });

  return {
    publish: (packet, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (packet.payload.length > MAX_PAYLOAD_BYTES) return Promise.reject(tooLarge(packet));
      return groups.add(packet, signal, suspicion.isOn);
    },
    acknowledged: (packetId) => {
      const sent = inFlight.take(packetId);
      if (sent === undefined) return false;
      suspicion.acknowledged();
      countDown(sent.group);
      if (line.length > 0) pump();
      return true;
    },
    get awaitsAnswers() {
      return awaitsAnswers();
    },
    get isBusy() {
      return underWay.size > 0;
    },
    close: () => {
      void stopLooking?.();
      stopLooking = undefined;
      failAll(({ packets }) => brokerAway(packets, 'unconfirmed', state()));
    },
  };
}

interface Sent {
  readonly group: Group;
  readonly packet: Outgoing;
}
