import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every response. The page runs its own files only: no inline script or style, no other origin, no frames.
 * Nothing here requires TLS, which a proxy in front may add: plain HTTP on a private host must work.
 */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ['svelte-trusted-html'],
    },
  },
  // on plain HTTP, browsers ignore it and log a warning
  crossOriginOpenerPolicy: false,
  strictTransportSecurity: false,
});
