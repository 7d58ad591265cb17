import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** An answer that is kept as a file: made while it is sent, so that it may be longer than what fits into memory. */
export interface FileAnswer {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly parts: AsyncIterable<string>;
}

/** Sends a file, as a download: a browser never shows it as a page of this server. */
export async function sendFile(response: Response, { name, type, parts }: FileAnswer): Promise<void> {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Disposition', `attachment; filename="${plainFileName(name)}"`);
  try {
    await pipeline(Readable.from(parts), response);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Who asked went away before the end: nobody is there to be told. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** A name of letters, digits, dots and dashes: nothing in it can end the header or lead out of a folder. */
export function plainFileName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+/, '');
  return plain === '' ? 'file' : plain.slice(0, 100);
}
