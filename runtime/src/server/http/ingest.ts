import type { IncomingMessage } from 'node:http';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Request, RequestHandler } from 'express';
import express, { Router } from 'express';
import type { SignedInDevice } from '../credentials/credentials.ts';
import { isRecord, parseJson } from './jsonBody.ts';

/** What `POST /ingest/:device` needs. */
export interface IngestOptions {
  /** Whose token it is. */
  deviceOf(token: string): SignedInDevice | undefined;
  /** How long the device has to wait, ms; counts one message. */
  pace(from: SignedInDevice): number;
  /** Resolves when the message is where an MQTT publish with QoS 1 would be acknowledged (EN6). */
  publish(from: SignedInDevice, topic: string, payload: Buffer): Promise<void>;
}

const INGEST_BYTES = 262_144;

/**
 * `POST /ingest/:device`: measurements of a device as a JSON object, with its token as `Authorization: Bearer`. Becomes
 * what an MQTT publish to `devices/<device>/telemetry` would be, and is answered 2xx when that has its place.
 */
export function ingest(options: IngestOptions): RequestHandler {
  const router = Router();
  const readText = express.text({ type: isJson, limit: INGEST_BYTES, defaultCharset: 'utf-8' });
  const devices = new WeakMap<Request, SignedInDevice>();
  // Who it is comes before anything of the body is read.
  const signIn: RequestHandler = (request, _response, next) => {
    devices.set(request, deviceOf(request, options));
    if (!isJson(request)) {
      throw new SluiceError(
        'wrong-content-type',
        'Measurements come as JSON: send them with the header Content-Type: application/json.',
      );
    }
    next();
  };
  router.post('/:device', signIn, readText, async (request, response) => {
    const device = devices.get(request);
    if (device === undefined) throw notSignedIn();
    const text: unknown = request.body;
    const measured = typeof text === 'string' ? parseJson(text) : undefined;
    if (!isRecord(measured)) {
      throw new SluiceError(
        'invalid-input',
        'The body is no JSON object of measurements. Send one such as {"temperature": 21.5}.',
      );
    }
    const waitMs = options.pace(device);
    if (waitMs > 0) {
      response.setHeader('Retry-After', String(Math.ceil(waitMs / 1_000)));
      throw new SluiceError(
        'too-many-tries',
        `“${device.device}” sends far more than it usually does. Wait ${Math.ceil(waitMs / 1_000)} s and send it again.`,
      );
    }
    await options.publish(device, `devices/${device.device}/telemetry`, Buffer.from(String(text)));
    response.setHeader('Cache-Control', 'no-store').status(202).json({ ok: true });
  });
  return router;
}

function isJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function deviceOf(request: Request, options: IngestOptions): SignedInDevice {
  const [, token] = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '') ?? [];
  const device = token === undefined ? undefined : options.deviceOf(token);
  if (device === undefined) throw notSignedIn();
  if (device.device !== request.params['device']) {
    throw new SluiceError(
      'not-allowed',
      `This token is the one of another device than “${String(request.params['device'])}”. Each device has a token of its own.`,
    );
  }
  return device;
}

function notSignedIn(): SluiceError {
  return new SluiceError(
    'not-signed-in',
    'Send the token of the device as Authorization: Bearer <token>. One that was revoked counts no more.',
  );
}
