import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

// readiness of the model too: a gateway checks it every second
const quiet = /^\/(health|ready|metrics|v2\/health\/(live|ready)|v2\/models\/.+\/ready)$/;

/** Logs a debug line per request, without its body; skips health checks and scrapes. */
export function logRequests(log: Pick<Logger, 'debug'>): RequestHandler {
  return (req, res, next) => {
    const { method, path } = req;
    const began = performance.now();
    if (!quiet.test(path))
      res.once('finish', () =>
        log.debug({ method, path, status: res.statusCode, ms: Math.round(performance.now() - began) }, 'answered'),
      );
    next();
  };
}
