import { describe, expect, it } from 'vitest';
import type { Frame } from './frames.ts';
import { createFrameReader, encodeFrame } from './frames.ts';

const frames: Frame[] = [
  { kind: 'open', request: 1, program: 7, body: '{"flow":"a"}' },
  { kind: 'close', request: 0, program: 7, body: '' },
  { kind: 'run', request: 4_294_967_295, program: 2, body: '["ä𝄞"]' },
];

describe('frames over the pipe', () => {
  it('[EN13] come out as they went in, however the pipe cuts them', () => {
    const bytes = Buffer.concat(frames.map(encodeFrame));
    for (const size of [1, 3, 13, 14, bytes.length]) {
      const read = createFrameReader();
      const got: Frame[] = [];
      for (let at = 0; at < bytes.length; at += size)
        got.push(...(read(bytes.subarray(at, at + size)) ?? []));
      expect(got).toEqual(frames);
    }
  });

  it('[EN13] that are none are told apart from frames that are not complete yet', () => {
    expect(createFrameReader()(Buffer.from([20, 0]))).toEqual([]);
    expect(createFrameReader()(Buffer.from([255, 255, 255, 255, 0]))).toBeUndefined();
    expect(createFrameReader()(Buffer.from([3, 0, 0, 0, 1, 1, 1]))).toBeUndefined();
    const unknownKind = encodeFrame({ kind: 'open', request: 1, program: 1, body: '' });
    unknownKind[4] = 99;
    expect(createFrameReader()(unknownKind)).toBeUndefined();
  });
});
