import { hash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 characters that may stand in an address or a cookie. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are random, so a plain hash is enough; what is on disk opens nothing. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
