import type { Arrival } from '@sluice/shared/message/arrival.ts';
import { compileArrival } from '@sluice/shared/message/arrival.ts';
import type { Headers, Message } from '@sluice/shared/message/message.ts';
import { isJsonObject } from '@sluice/shared/message/message.ts';
import { firstWildcardLevel, topicLevel } from '@sluice/shared/message/topic.ts';
import type { MqttPacket } from '@sluice/shared/node/context.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { listenToMqtt } from '@sluice/shared/node/listen.ts';
import { deviceInputNode } from './schema.ts';

export const deviceInputRunner = implementSource(deviceInputNode, (config, context) => {
  const { connection, filter } = context.devices.telemetry;
  const level = firstWildcardLevel(filter);
  const measurement = config.measurement === '' ? undefined : config.measurement;
  const arrive = compileArrival({ format: 'json', timeField: config.timeField });
  const fixed: Headers = {
    ...(measurement !== undefined && { measurement }),
    ...(config.unit !== undefined && config.unit !== '' && { unit: config.unit }),
  };

  const read = (packet: MqttPacket): Arrival | undefined => {
    const { topic, qos, retain, duplicate } = packet;
    const device = level === undefined ? undefined : topicLevel(topic, level);
    if (device === undefined || !context.devices.matches(config.devices, device)) return undefined;
    const headers = { ...fixed, deviceName: context.devices.name(device), qos, retain, duplicate };
    const parts = { id: context.newId(), now: context.clock.now(), topic, device, headers };
    const arrival = arrive(parts, packet);
    if (!arrival.ok) return arrival;
    if (!isJsonObject(arrival.message.payload)) return notMeasurements(arrival.message);
    if (measurement !== undefined && !Object.hasOwn(arrival.message.payload, measurement)) return undefined;
    return arrival;
  };
  return { start: (intake) => listenToMqtt(context, intake, { connection, filter, qos: 1, read }) };
});

function notMeasurements(message: Message): Arrival {
  return {
    ok: false,
    message,
    sentence: `The device ${message.device} sent ${JSON.stringify(message.payload).slice(0, 60)}, which is not a JSON object of measurements such as {"temperature": 21.5}.`,
  };
}
