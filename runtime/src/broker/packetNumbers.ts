import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Keeps aedes' writer of packets from holding a buffer for each of the 65,536 numbers of two bytes, which takes 11 MB
 * once the first packet is written: it makes the two bytes when it needs them. To be called before that.
 */
export function keepNoPacketNumbers(): void {
  // The copy that aedes itself uses, wherever it was installed.
  const { writeToStream } = createRequire(require.resolve('aedes'))('mqtt-packet') as PacketWriter;
  writeToStream.cacheNumbers = false;
}

interface PacketWriter {
  readonly writeToStream: { cacheNumbers: boolean };
}
