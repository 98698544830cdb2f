import { type ConfigView, headers } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import cors from 'cors';
import type { Express, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { GuardConfig } from './guard-config.ts';
import { requireAdmin, requireApiKey } from './require-secret.ts';
import { securityHeaders } from './security-headers.ts';

/** The middleware that stands before the routes. A list is empty while its feature is off: it then costs nothing. */
export type Guard = {
  /** Sets whose `X-Forwarded-For` is believed, and hides what the server is made of. */
  configure(app: Express): void;
  /** For every request: security headers, and CORS when origins are allowed. */
  headers: RequestHandler[];
  /** `RATE_LIMIT` requests a minute per client. */
  limit: RequestHandler[];
  apiKey: RequestHandler[];
  /** What stands before predictions, feedback and their record: `limit`, then `apiKey`. */
  client: RequestHandler[];
  /** What stands before anything that changes state or shows who did. */
  admin: RequestHandler[];
  /** What a client must send, as `GET /config` tells it. */
  auth: ConfigView['auth'];
};

export function createGuard(
  config: Pick<GuardConfig, 'apiKeys' | 'rateLimit' | 'trustProxy' | 'corsOrigins'>,
  { adminToken }: { adminToken: string },
): Guard {
  const limit = config.rateLimit > 0 ? [limiter(config.rateLimit)] : [];
  const apiKey = config.apiKeys.length > 0 ? [requireApiKey(config.apiKeys, adminToken)] : [];
  return {
    configure(app) {
      app.set('trust proxy', config.trustProxy);
      app.disable('x-powered-by');
    },
    headers: [securityHeaders(), ...(config.corsOrigins.length > 0 ? [allowOrigins(config.corsOrigins)] : [])],
    limit,
    apiKey,
    client: [...limit, ...apiKey],
    admin: [requireAdmin(adminToken)],
    auth: { api_key: apiKey.length > 0, admin: true },
  };
}

function limiter(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // its checks write to the console when a proxy's header is (rightly) not believed: TRUST_PROXY decides that
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_req, res, next) => {
      const seconds = res.getHeader('Retry-After');
      next(new HttpError(429, `More than ${perMinute} requests in a minute. Try again in ${seconds} s.`));
    },
  });
}

function allowOrigins(origins: string[]): RequestHandler {
  return cors({
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'POST', 'PATCH'],
    allowedHeaders: namesOf('request'),
    exposedHeaders: namesOf('answer'),
    maxAge: 600,
  });
}

const namesOf = (on: 'request' | 'answer') => headers.filter((header) => header.on === on).map(({ name }) => name);
