import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** What helmet's headers come to for a prediction. */
export const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const;

/**
 * Helmet's headers for answers that are data and never a page. A prediction, of which there are thousands a second,
 * gets only the one that matters for JSON, with its other headers: helmet's dozen costs more there than routing does.
 */
export function securityHeaders(): RequestHandler {
  const all = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
  });
  return (req, res, next) => {
    if (req.method === 'POST' && req.url === '/predict') next();
    else all(req, res, next);
  };
}
