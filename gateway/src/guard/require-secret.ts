import { HttpError } from '@coppice/serverkit';
import type { Request, RequestHandler, Response } from 'express';
import { isPrivatePeer } from './private-peer.ts';
import { secretChecker } from './same-secret.ts';
import type { WrongSecrets } from './wrong-secrets.ts';

type Secrets = {
  /** Those that open. */
  known: readonly string[];
  wrong: WrongSecrets;
};

const ADMIN_HINT =
  'It is ADMIN_TOKEN, or the one generated at its first start: see its log or the file admin-token in DATA_DIR.';

/** Passes requests with the admin token; 401 for others. */
export function requireAdmin(secrets: Secrets): RequestHandler {
  return requireSecret(secrets, {
    presented: (req) => [bearerToken(req)],
    missing: () => `This requires the admin token as "Authorization: Bearer …". ${ADMIN_HINT}`,
    unknown: `This is not the admin token. ${ADMIN_HINT}`,
  });
}

/** Passes requests with one of the known keys; 401 for others. */
export function requireApiKey(secrets: Secrets): RequestHandler {
  return requireSecret(secrets, {
    presented: keyOrToken,
    missing: () => 'This requires an API key as "X-API-Key: …" or "Authorization: Bearer …".',
    unknown: 'Unknown API key.',
  });
}

/** Passes requests with one of the known keys, and those without any, which `isStranger` then knows; 401 for a wrong one. */
export function knowStrangers(secrets: Secrets): RequestHandler {
  return requireSecret(secrets, {
    presented: keyOrToken,
    missing(_req, res) {
      res.locals[STRANGER] = true;
      return null;
    },
    unknown: 'Unknown API key.',
  });
}

/** Whether `knowStrangers` let a request pass without a key. */
export const isStranger = (res: Pick<Response, 'locals'>): boolean => res.locals[STRANGER] === true;
const STRANGER = 'stranger';

/**
 * Passes requests with one of the known keys and, if `byPosition`, those that come directly from this machine or a private
 * network, as Compose's Prometheus does; 401 for others.
 */
export function requireMetricsAccess({ byPosition, ...secrets }: Secrets & { byPosition: boolean }): RequestHandler {
  return requireSecret(secrets, {
    presented: keyOrToken,
    missing: (req) =>
      byPosition && isPrivatePeer(req)
        ? null
        : 'This requires METRICS_TOKEN as "Authorization: Bearer …", or an API key as "X-API-Key: …".',
    unknown: 'This is neither METRICS_TOKEN nor an API key.',
  });
}

/** Whether headers hold one of the known keys. */
export function keyChecker(known: readonly string[]): (headers: Request['headers']) => boolean {
  const isKnown = secretChecker(known);
  return (headers) => keyOrToken({ headers }).some((secret) => secret !== undefined && isKnown(secret));
}

type Rule = {
  presented(req: Request): (string | undefined)[];
  /** Why a request without a secret does not pass; null: it passes. */
  missing(req: Request, res: Response): string | null;
  unknown: string;
};

function requireSecret({ known, wrong }: Secrets, { presented, missing, unknown }: Rule): RequestHandler {
  const isKnown = secretChecker(known);
  return async (req, res, next) => {
    const given = presented(req).filter((secret) => secret !== undefined);
    if (given.length === 0) {
      const why = missing(req, res);
      return why === null ? next() : next(unauthorized(why, ''));
    }
    await wrong.refuseMany(req);
    if (given.some(isKnown)) return next();
    await wrong.count(req);
    next(unauthorized(unknown, ', error="invalid_token"'));
  };
}

/** Who made a change, for the audit: there is one admin token, so only the address distinguishes people. */
export function adminName(req: Request): string {
  return `admin@${req.ip?.replace(/^::ffff:/, '') ?? 'unknown'}`;
}

const keyOrToken = ({ headers }: Pick<Request, 'headers'>) => [textOf(headers['x-api-key']), bearerToken({ headers })];

function bearerToken({ headers }: Pick<Request, 'headers'>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

const textOf = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join(', ') : header);

function unauthorized(detail: string, error: string): HttpError {
  return new HttpError(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="coppice"${error}` } });
}
