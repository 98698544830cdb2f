import { HttpError } from '@coppice/serverkit';
import type { RequestHandler } from 'express';

/** Answers 405 on a path that knows another method. */
export function methodNotAllowed(allow: string): RequestHandler {
  return (req) => {
    throw new HttpError(405, `${req.method} is not allowed here: ${allow} is.`, { headers: { Allow: allow } });
  };
}
