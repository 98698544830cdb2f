import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Helmet's headers for answers that are data and never a page. A prediction, of which there are thousands a second,
 * gets only the one that matters for JSON: helmet's dozen costs more there than routing does.
 */
export function securityHeaders(): RequestHandler {
  const all = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
  });
  return (req, res, next) => {
    if (req.url !== '/predict') return all(req, res, next);
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  };
}
