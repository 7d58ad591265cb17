import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** A year. */
const HSTS_SECONDS = 31_536_000;

/**
 * Security headers. No script but the editor's own files. Styles may stand in the page: the canvas places its nodes by
 * style attributes, and CodeMirror and the movable panels bring their rules in style elements that they make themselves.
 */
export function securityHeaders(hasTls: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Where the server speaks plain HTTP, what ends TLS in front of it says this.
    strictTransportSecurity: hasTls ? { maxAge: HSTS_SECONDS, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}
