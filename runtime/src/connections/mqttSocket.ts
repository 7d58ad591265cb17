import { connect } from 'node:net';
import type { OnReadOpts } from 'node:net';
import type { MqttClient } from 'mqtt';
import type { Scheduler } from '../engine/shell.ts';
import type { PacketReader } from './mqttShortcut.ts';

/** Read from the system at once, at most. */
const READ_BYTES = 65_536;

/**
 * After so many packets in one piece the next piece is read a moment later: it is larger then. What a read, a batch and a
 * write cost by themselves is shared by more packets, which halves the time for each (`npm run bench -- mqtt`). A quiet
 * connection never waits.
 */
const MANY_PACKETS = 8;
const REST_MS = 1;

/** What is not in the types of mqtt.js: how it opens a stream for each connection. */
interface WithStreams {
  streamBuilder: (client: MqttClient) => MqttClient['stream'];
}

/**
 * Lets a reader have all that arrives on every connection that is opened from now on; it gives mqtt.js what is for it.
 * Nothing is read while the reader is not done with what it has (EN5).
 */
export function readBy(
  client: MqttClient,
  scheduler: Scheduler,
  readerFor: (stream: MqttClient['stream'], to: NodeJS.WritableStream) => PacketReader,
): void {
  const streams = client as unknown as WithStreams;
  const build = streams.streamBuilder;
  streams.streamBuilder = (own) => {
    let read: (bytes: Buffer) => void = () => undefined;
    const stream = open(own, build, (bytes) => read(bytes));
    stream.pipe = (to) => {
      const reader = readerFor(stream, to);
      read = readInto(stream, reader, scheduler);
      stream.on('end', () => reader.end());
      return to;
    };
    return stream;
  };
}

/** Calls the listener with each error of the streams that are opened from now on. */
export function onStreamError(client: MqttClient, listener: (error: Error) => void): void {
  const streams = client as unknown as WithStreams;
  const build = streams.streamBuilder;
  streams.streamBuilder = (own) => build(own).on('error', listener);
}

function readInto(
  stream: MqttClient['stream'],
  reader: PacketReader,
  scheduler: Scheduler,
): (bytes: Buffer) => void {
  return (bytes) => {
    let isDone = false;
    let isPaused = false;
    reader.read(bytes, (packets) => {
      isDone = packets < MANY_PACKETS;
      if (!isDone) void scheduler.after(REST_MS, () => stream.resume());
      else if (isPaused) stream.resume();
    });
    if (isDone) return;
    isPaused = true;
    stream.pause();
  };
}

/**
 * TCP and TLS are read into one buffer: a stream that is paused stops reading then, where it would fill buffers of its
 * own first, 64 kB for each read.
 */
function open(
  client: MqttClient,
  build: WithStreams['streamBuilder'],
  read: (bytes: Buffer) => void,
): MqttClient['stream'] {
  const { protocol, host, hostname = host ?? 'localhost', port = 1883 } = client.options;
  if (protocol === 'mqtt' || protocol === 'tcp') return connect({ host: hostname, port, onread: into(read) });
  if (protocol !== 'mqtts') return build(client).on('data', read);
  // It opens TLS with all the options that it has.
  Object.assign(client.options, { onread: into(read) });
  return build(client);
}

function into(read: (bytes: Buffer) => void): OnReadOpts {
  return {
    buffer: Buffer.allocUnsafe(READ_BYTES),
    callback: (length, buffer) => {
      // A copy: packets may be kept, and the buffer is filled again.
      read(Buffer.from(buffer.subarray(0, length)));
      return true;
    },
  };
}
