import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The one of helmet's headers that matters for a prediction. */
export const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const;

/**
 * Helmet's headers for answers that are data and never a page. Predictions, at thousands per second, get only the one
 * that matters for JSON, together with their other headers: helmet's dozen would cost more than routing does.
 */
export function securityHeaders(): RequestHandler {
  const all = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
    // belongs where TLS ends, as in proxy/Caddyfile: here it would close plain HTTP to a host's other programs
    strictTransportSecurity: false,
  });
  return (req, res, next) => {
    if (req.method === 'POST' && req.url === '/predict') next();
    else all(req, res, next);
  };
}
