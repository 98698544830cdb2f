import { HttpError } from '@coppice/serverkit';
import type { Request, RequestHandler } from 'express';
import { secretChecker } from './same-secret.ts';

const ADMIN_HINT =
  'It is ADMIN_TOKEN, or the one the gateway made at its first start: see its log or the file admin-token in DATA_DIR.';

/** Lets a request pass that bears the admin token, else 401. */
export function requireAdmin(adminToken: string): RequestHandler {
  const isAdmin = secretChecker([adminToken]);
  return (req, _res, next) => {
    const token = bearerToken(req);
    if (token === undefined)
      return next(unauthorized(`This needs the admin token as "Authorization: Bearer …". ${ADMIN_HINT}`, ''));
    if (!isAdmin(token))
      return next(unauthorized(`This is not the admin token. ${ADMIN_HINT}`, ', error="invalid_token"'));
    next();
  };
}

/** Lets a request pass that bears one of the API keys or the admin token, else 401. */
export function requireApiKey(apiKeys: readonly string[], adminToken: string): RequestHandler {
  const isKnown = secretChecker([...apiKeys, adminToken]);
  return (req, _res, next) => {
    const key = req.get('x-api-key') ?? bearerToken(req);
    if (key === undefined)
      return next(unauthorized('This needs an API key as "X-API-Key: …" or "Authorization: Bearer …".', ''));
    if (!isKnown(key)) return next(unauthorized('This API key is not known.', ', error="invalid_token"'));
    next();
  };
}

/** Who made a change, for the audit: there is one admin token, so the address tells people apart. */
export function adminName(req: Request): string {
  return `admin@${req.ip?.replace(/^::ffff:/, '') ?? 'unknown'}`;
}

function bearerToken(req: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
}

function unauthorized(detail: string, error: string): HttpError {
  return new HttpError(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="coppice"${error}` } });
}
