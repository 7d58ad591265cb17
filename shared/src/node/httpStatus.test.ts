import { expect, it } from 'vitest';
import { isTransient } from '../errors.ts';
import { statusFailure } from './httpStatus.ts';

const failure = (status: number, headers = {}) => statusFailure('GET http://a.test/', { status, headers });

it.each([408, 425, 429, 500, 502, 503, 504, 599])('[EN8] a status %i may pass', (status) => {
  expect(isTransient(failure(status))).toBe(true);
});

it.each([400, 401, 403, 404, 409, 410, 413, 422, 451])('[EN8] a status %i is for good', (status) => {
  expect(isTransient(failure(status))).toBe(false);
});

it('says what was called, what came of it, and for how long the server wants to be left alone', () => {
  expect(failure(404, { 'retry-after': '9' }).message).toBe('GET http://a.test/ answered 404.');
  expect(failure(503, { 'retry-after': '120' }).message).toBe(
    'GET http://a.test/ answered 503. It asks to be left alone for 120 s.',
  );
  expect(failure(429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }).message).toContain(
    'until Wed, 21 Oct 2026 07:28:00 GMT.',
  );
  expect(statusFailure('PUT x', { status: 422, headers: {} }, 'no such order').message).toBe(
    'PUT x answered 422: no such order.',
  );
});
