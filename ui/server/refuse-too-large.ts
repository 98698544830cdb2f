import { bodyLimits } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import type { RequestHandler } from 'express';

/** Refuses what the gateway would find too large, so that no client uploads it through the proxy in vain. */
export const refuseTooLarge: RequestHandler = (req, _res, next) => {
  const limits: Record<string, number> = bodyLimits;
  if (Number(req.headers['content-length']) > (limits[req.path] ?? bodyLimits.infer))
    throw new HttpError(413, 'The body is too large.');
  next();
};
