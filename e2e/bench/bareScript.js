// What the product is measured against: the smallest program on mqtt.js with the same rule.
import mqtt from 'mqtt';

const client = mqtt.connect(process.env.MQTT_URL);
client.on('connect', () => client.subscribe('devices/+/telemetry'));
client.on('message', (topic, bytes) => {
  const reading = JSON.parse(bytes.toString());
  if (reading.temperature > 30) client.publish(`alerts/${topic.split('/')[1]}`, JSON.stringify(reading));
});
