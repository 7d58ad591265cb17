import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Security headers. No script but the editor's own files; style attributes are allowed because the canvas places its
 * nodes by them, style elements are not.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
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
    // The server speaks plain HTTP; what ends TLS in front of it says this.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}
