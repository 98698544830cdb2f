import type { RequestHandler } from 'express';
import { mustBeOfType } from './content-type.ts';
import { rawBody } from './raw-body.ts';

/** Reads the bytes of an infer request: JSON, raw tensors after JSON, or no type at all, as tritonclient sends. */
export function inferBody({ limit }: { limit: number }): readonly RequestHandler[] {
  return [rightType, rawBody(limit)];
}

const rightType: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (type !== undefined) mustBeOfType(type, ['application/json', 'application/octet-stream']);
  next();
};
