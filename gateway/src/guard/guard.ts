import type { IncomingHttpHeaders } from 'node:http';
import { type ConfigView, headers } from '@coppice/contract';
import { allowedHosts, HttpError, isProgramAt, refuseCrossSite } from '@coppice/serverkit';
import cors from 'cors';
import type { Express, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { GuardConfig } from './guard-config.ts';
import { keyChecker, knowStrangers, requireAdmin, requireApiKey, requireMetricsAccess } from './require-secret.ts';
import { securityHeaders } from './security-headers.ts';
import { guardVersionPaths } from './version-paths.ts';
import { WrongSecrets } from './wrong-secrets.ts';

/** The middleware before the routes. The list of a feature that is off is empty and costs nothing. */
export type Guard = {
  /** Sets whose `X-Forwarded-For` to trust, and hides `X-Powered-By`. */
  configure(app: Express): void;
  /** For predictions whose headers alone decide that they pass `every` and `client` unchanged; null when that takes more. */
  plain: {
    /** The same for the same headers. */
    admits(headers: IncomingHttpHeaders): boolean;
    /** Whether it is so at this moment. */
    now(): boolean;
  } | null;
  /** For every request: security headers, the names to which the gateway answers, CORS, and whose pages may call it. */
  every: RequestHandler[];
  /** `RATE_LIMIT` requests per minute and client. */
  limit: RequestHandler[];
  /** Guards reports: the page polls them, so they do not count for `limit`. */
  apiKey: RequestHandler[];
  /** For answers that show less to those without a key: `isStranger` knows them. */
  strangers: RequestHandler[];
  /** Guards `/metrics`. */
  metrics: RequestHandler[];
  /** Guards predictions, feedback and the record: `limit`, then `apiKey`. */
  client: RequestHandler[];
  /** Guards what passes through to the versions' servers: only some of it is for clients. */
  versionPaths: RequestHandler;
  /** Guards everything that changes state or shows who did. */
  admin: RequestHandler[];
  /** What a client must send, as `GET /config` shows it. */
  auth: ConfigView['auth'];
};

export function createGuard(
  config: Pick<GuardConfig, 'apiKeys' | 'metricsToken' | 'rateLimit' | 'trustProxy' | 'corsOrigins' | 'hosts'>,
  { adminToken }: { adminToken: string },
): Guard {
  const limit = config.rateLimit > 0 ? [limiter(config.rateLimit)] : [];
  const wrong = new WrongSecrets();
  const keys = { known: [...config.apiKeys, adminToken], wrong };
  const closed = config.apiKeys.length > 0;
  const apiKey = closed ? [requireApiKey(keys)] : [];
  const hasKey = keyChecker(keys.known);
  const requiresAdmin = requireAdmin({ known: [adminToken], wrong });
  const metricsTokens = config.metricsToken === undefined ? [] : [config.metricsToken];
  return {
    configure(app) {
      app.set('trust proxy', config.trustProxy);
      app.disable('x-powered-by');
    },
    plain:
      config.rateLimit > 0 || config.corsOrigins.length > 0
        ? null
        : {
            admits: (headers) => isProgramAt(config.hosts, headers) && (!closed || hasKey(headers)),
            now: () => wrong.none,
          },
    every: [
      securityHeaders(),
      allowedHosts(config.hosts),
      ...(config.corsOrigins.length > 0 ? [allowOrigins(config.corsOrigins)] : []),
      refuseCrossSite(config.corsOrigins),
    ],
    limit,
    apiKey,
    client: [...limit, ...apiKey],
    strangers: closed ? [knowStrangers(keys)] : [],
    metrics:
      closed || metricsTokens.length > 0
        ? [
            requireMetricsAccess({
              known: [...keys.known, ...metricsTokens],
              wrong,
              byPosition: metricsTokens.length === 0,
            }),
          ]
        : [],
    versionPaths: guardVersionPaths(requiresAdmin),
    admin: [requiresAdmin],
    auth: { api_key: closed, admin: true },
  };
}

function limiter(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // its checks write to the console when a proxy's header is (rightly) not trusted: TRUST_PROXY decides that
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_req, res, next) => {
      const seconds = res.getHeader('Retry-After');
      next(new HttpError(429, `More than ${perMinute} requests per minute. Try again in ${seconds} s.`));
    },
  });
}

function allowOrigins(origins: string[]): RequestHandler {
  return cors({
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: namesOf('request'),
    exposedHeaders: namesOf('answer'),
    maxAge: 600,
  });
}

const namesOf = (on: 'request' | 'answer') => headers.filter((header) => header.on === on).map(({ name }) => name);
