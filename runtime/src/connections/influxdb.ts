import { SluiceError } from '@sluice/shared/errors.ts';
import type { Connections } from '@sluice/shared/node/context.ts';
import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { RunnerConnection } from '../runner/protocol.ts';
import { redactor } from './redact.ts';
import { readInfluxdbSettings } from './influxdbSettings.ts';

/** A database that takes longer than this to confirm a write has failed. */
const TIMEOUT_MS = 20_000;

/** Opens a connection to InfluxDB 2 or later. Throws a `SluiceError` for settings that make no sense. */
export function openInfluxdb(connection: RunnerConnection): Connections['influxdb'] {
  const { name, config, secrets } = connection;
  const { url, org, bucket, tls } = readInfluxdbSettings(name, config, secrets);
  const redact = redactor(secrets);
  const client = new InfluxDB({
    url,
    token: secrets['token'] ?? '',
    timeout: TIMEOUT_MS,
    transportOptions: { ...tls },
  });
  return {
    write: async (lines, signal) => {
      signal.throwIfAborted();
      const aborted = rejectWhenAborted(signal, `InfluxDB at ${url} did not confirm the points in time.`);
      // One writer for each write: its buffer would send by itself when full and swallow the failure, so that it is
      // larger than what is written, and retries are the engine's (EN8).
      const writer = client.getWriteApi(org, bucket, 'ms', {
        batchSize: lines.length + 1,
        maxBatchBytes: Number.MAX_SAFE_INTEGER,
        flushInterval: 0,
        maxRetries: 0,
        // Without it the client logs the failure to the console, too.
        writeFailed: async (error) => {
          throw error;
        },
      });
      writer.writeRecords([...lines]);
      try {
        await Promise.race([writer.flush(), aborted.promise]);
      } catch (error) {
        throw aborted.isAborted() ? error : failure(url, bucket, error, redact);
      } finally {
        aborted.forget();
        writer.dispose();
      }
    },
  };
}

function rejectWhenAborted(signal: AbortSignal, sentence: string) {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new SluiceError('target-away', sentence));
  signal.addEventListener('abort', onAbort);
  return {
    promise,
    isAborted: () => signal.aborted,
    forget: () => signal.removeEventListener('abort', onAbort),
  };
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Check the token of the connection.',
  403: 'The token may not write to this bucket.',
  404: 'Check organization and bucket of the connection.',
  413: 'The points are too large for one write.',
  429: 'It is asked for more than it may take on.',
};

function failure(url: string, bucket: string, error: unknown, redact: (text: string) => string): Error {
  if (error instanceof HttpError) {
    const said = redact(error.message).replace(/\.?$/, '.');
    const advice = ADVICE[error.statusCode] ?? '';
    const seconds = error.retryAfter();
    const asked = seconds === 0 ? '' : `It asks to be left alone for ${seconds} s.`;
    const sentence = [
      `InfluxDB at ${url} refuses the points for “${bucket}” (${error.statusCode}): ${said}`,
      advice,
      asked,
    ];
    return refusal(error, sentence.filter((part) => part !== '').join(' '));
  }
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const sentence = `InfluxDB at ${url} cannot be reached (${code ?? message}).`;
  return new SluiceError('target-away', sentence, { cause: error });
}

/** Points that it cannot take: malformed, of another type than the field has (422 in some versions), too many at once. */
const BAD_POINTS: ReadonlySet<number> = new Set([400, 413, 422]);

/** `target-away` for what may pass, `invalid-input` where the points are the reason, else a plain error for good. */
function refusal(error: HttpError, sentence: string): Error {
  const { statusCode } = error;
  if (BAD_POINTS.has(statusCode)) return new SluiceError('invalid-input', sentence, { cause: error });
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500)
    return new SluiceError('target-away', sentence, { cause: error });
  return new Error(sentence, { cause: error });
}
