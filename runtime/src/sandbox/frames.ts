/**
 * What goes over the pipe: length (4 bytes, of all that follows), kind (1), request (4), program (4), then UTF-8 JSON.
 * The body of a batch is never parsed on the way: the isolate gets it as the text that it is.
 */
export interface Frame {
  readonly kind: FrameKind;
  /** Names the call; its answer carries the same number. */
  readonly request: number;
  readonly program: number;
  readonly body: string;
}

/**
 * To the guest: open, run, close, use (asks what it takes). From the guest: ready, opened, result (of a run), failed (an
 * open or a run as a whole), use.
 */
export type FrameKind = 'open' | 'run' | 'close' | 'ready' | 'opened' | 'result' | 'failed' | 'use';

const KINDS: readonly FrameKind[] = ['open', 'run', 'close', 'ready', 'opened', 'result', 'failed', 'use'];
const LENGTH_BYTES = 4;
const HEAD_BYTES = 9;
const LONGEST_BYTES = 256 * 1024 * 1024;

export function encodeFrame(frame: Frame): Buffer {
  const bodyBytes = Buffer.byteLength(frame.body);
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + HEAD_BYTES + bodyBytes);
  bytes.writeUInt32LE(HEAD_BYTES + bodyBytes, 0);
  bytes.writeUInt8(KINDS.indexOf(frame.kind), LENGTH_BYTES);
  bytes.writeUInt32LE(frame.request, LENGTH_BYTES + 1);
  bytes.writeUInt32LE(frame.program, LENGTH_BYTES + 5);
  bytes.write(frame.body, LENGTH_BYTES + HEAD_BYTES);
  return bytes;
}

/**
 * Gives a function that takes the pipe's chunks as they come and gives back the frames that are complete; undefined when
 * what came is no frame, after which nothing more can be read.
 */
export function createFrameReader(): (chunk: Buffer) => Frame[] | undefined {
  let parts: Buffer[] = [];
  let size = 0;
  let wanted = LENGTH_BYTES;
  return (chunk) => {
    parts.push(chunk);
    size += chunk.length;
    if (size < wanted) return [];
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts);
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      wanted = LENGTH_BYTES;
      if (bytes.length - at < wanted) break;
      const length = bytes.readUInt32LE(at);
      if (length < HEAD_BYTES || length > LONGEST_BYTES) return undefined;
      wanted += length;
      if (bytes.length - at < wanted) break;
      const frame = decodeFrame(bytes, at + LENGTH_BYTES, at + wanted);
      if (frame === undefined) return undefined;
      frames.push(frame);
      at += wanted;
    }
    parts = at < bytes.length ? [bytes.subarray(at)] : [];
    size = bytes.length - at;
    return frames;
  };
}

function decodeFrame(bytes: Buffer, from: number, to: number): Frame | undefined {
  const kind = KINDS[bytes.readUInt8(from)];
  if (kind === undefined) return undefined;
  return {
    kind,
    request: bytes.readUInt32LE(from + 1),
    program: bytes.readUInt32LE(from + 5),
    body: bytes.toString('utf8', from + HEAD_BYTES, to),
  };
}
