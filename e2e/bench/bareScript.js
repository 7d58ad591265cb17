// A peer: the smallest program on mqtt.js with the rule of the first flow.
import mqtt from 'mqtt';

const qos = Number(process.env.QOS);
const client = mqtt.connect(process.env.MQTT_URL);
client.on('connect', () => client.subscribe('devices/+/telemetry', { qos }));
client.on('message', (topic, bytes) => {
  const reading = JSON.parse(bytes.toString());
  if (reading.temperature > 30)
    client.publish(`alerts/${topic.split('/')[1]}`, JSON.stringify(reading), { qos });
});
