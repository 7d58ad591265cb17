// A peer: the rule of the first flow over a bare socket at QoS 0, with one write for all that came in one turn. What Node
// can do without any library; it knows no reconnecting, no limits and no malformed packets.
import net from 'node:net';
import { connectPacket, endOfPacket, publishPacket, subscribePacket } from './rawMqtt.ts';

const socket = net.connect({ host: '127.0.0.1', port: Number(process.env.MQTT_PORT), noDelay: true });
socket.write(connectPacket('bench-raw'));
socket.write(subscribePacket('devices/+/telemetry', 0));
let rest = Buffer.alloc(0);
let out = [];
socket.on('data', (chunk) => {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let at = 0;
  for (let next = endOfPacket(bytes, at); next !== undefined; next = endOfPacket(bytes, at)) {
    if (bytes[at] >> 4 === 3) {
      const payloadAt = next.body + 2 + bytes.readUInt16BE(next.body);
      const reading = JSON.parse(bytes.toString('utf8', payloadAt, next.end));
      if (reading.temperature > 30)
        out.push(publishPacket(`alerts/${reading.deviceId}`, JSON.stringify(reading)));
    }
    at = next.end;
  }
  rest = bytes.subarray(at);
  if (out.length > 0) socket.write(Buffer.concat(out));
  out = [];
});
