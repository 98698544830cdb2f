import type { RequestHandler } from 'express';
import { HttpError } from './problem.ts';
import { rawBody } from './raw-body.ts';

/** Reads the bytes of an infer request: JSON, raw tensors after JSON, or no type at all, as tritonclient sends. */
export function inferBody({ limit }: { limit: number }): readonly RequestHandler[] {
  return [rightType, rawBody(limit)];
}

const rightType: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (type !== undefined && !/^\s*application\/(json|octet-stream)\s*(;|$)/i.test(type))
    throw new HttpError(
      415,
      `Content-Type ${type.slice(0, 100)} is not supported: must be application/json or application/octet-stream.`,
    );
  next();
};
