import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { RunnerTime } from '../runner/time.ts';
import type { GuardLimits } from './packetGuard.ts';
import { createPacketGuard } from './packetGuard.ts';

/** What may wait to be read by a client. The broker itself never waits while less than this is buffered. */
export const CLOGGED_BYTES = 1_048_576;
/** The event of a guarded stream by which it tells that there is room again, whether or not a write had to wait. */
export const ROOM = 'room';
const WRITE_BUFFER_BYTES = 2 * CLOGGED_BYTES;

/** A socket behind its guard, as the broker sees it. */
export interface GuardedStream {
  readonly stream: Duplex;
  accept(): void;
  /** Reads nothing more of it for so long. */
  rest(ms: number): void;
}

/**
 * Puts the guard between a socket and the broker's parser: only whole packets that are fine get through. A refusal
 * closes this one connection; `onRefused` gets the reason.
 */
export function guardSocket(
  socket: Socket,
  limits: GuardLimits,
  time: Pick<RunnerTime, 'after'>,
  onRefused: (reason: string) => void,
): GuardedStream {
  const guard = createPacketGuard(limits);
  let stopRest: (() => void) | undefined;
  const stream = new Duplex({
    writableHighWaterMark: WRITE_BUFFER_BYTES,
    read: () => {
      if (stopRest === undefined) socket.resume();
    },
    write: (chunk: Buffer, _encoding, done) => writeTo(socket, [chunk], settled(done)),
    writev(chunks, done) {
      const buffers = chunks.map(({ chunk }) => chunk as Buffer);
      writeTo(socket, buffers, settled(done));
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  function settled(done: (error?: Error | null) => void) {
    return (error?: Error | null): void => {
      done(error);
      if (stream.writableLength <= CLOGGED_BYTES / 2) stream.emit(ROOM);
    };
  }
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const verdict = guard.take(chunk);
    if (!verdict.ok) {
      onRefused(verdict.reason);
      stream.destroy();
    } else if (verdict.bytes.length > 0 && !stream.push(verdict.bytes)) {
      socket.pause();
    }
  });
  socket.on('end', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => {
    stopRest?.();
    stream.destroy();
  });
  return {
    stream,
    accept: () => guard.accept(),
    rest(ms) {
      if (socket.destroyed) return;
      stopRest?.();
      socket.pause();
      stopRest = time.after(ms, () => {
        stopRest = undefined;
        socket.resume();
      });
    },
  };
}

function writeTo(socket: Socket, chunks: readonly Buffer[], done: (error?: Error | null) => void): void {
  if (socket.destroyed) {
    done(new Error('The connection is closed.'));
    return;
  }
  const [first, ...others] = chunks;
  if (first === undefined) {
    done();
    return;
  }
  // A packet comes as half a dozen pieces; one write of all that is there takes the broker a third less time than writing
  // them piece by piece (`npm run bench -- tls`).
  const isRoomLeft = socket.write(others.length === 0 ? first : Buffer.concat(chunks));
  if (isRoomLeft) {
    done();
    return;
  }
  const settle = (): void => {
    socket.off('drain', settle);
    socket.off('close', settle);
    done();
  };
  socket.once('drain', settle);
  socket.once('close', settle);
}
