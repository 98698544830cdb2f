import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpError } from '@coppice/serverkit';
import type { RequestHandler } from 'express';

/** Passes requests with `RETRAIN_TOKEN`; 401 for others, 403 for all while none is set. */
export function requireToken(token: string | undefined): RequestHandler {
  const known = token === undefined ? null : digest(token);
  return (req, _res, next) => {
    if (!known)
      throw new HttpError(403, 'RETRAIN_TOKEN is not set: jobs begin by npm run retrain and by schedule only.');
    const given = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), known)) return next();
    throw new HttpError(401, 'This requires RETRAIN_TOKEN as "Authorization: Bearer …".', {
      headers: { 'WWW-Authenticate': 'Bearer realm="coppice"' },
    });
  };
}

// digests have equal length, as timingSafeEqual requires
const digest = (text: string) => createHash('sha256').update(text).digest();
