import express, { type RequestHandler } from 'express';
import { hasPlainBody, readPlainBody } from './plain-body.ts';
import { HttpError } from './problem.ts';

/**
 * Puts the bytes of a body of any type at `req.body`; undefined if there is none. Reads plain bodies itself and leaves
 * others to `express.raw()`. Throws `HttpError` 413 above `limit` bytes, before it reads a body that says its length.
 */
export function rawBody(limit: number): RequestHandler {
  const express5 = express.raw({ limit, type: () => true });
  return (req, res, next) => {
    if (hasPlainBody(req, limit))
      return readPlainBody(req, (body) => {
        req.body = body;
        next();
      });
    if (Number(req.headers['content-length']) > limit) throw new HttpError(413, 'The body is too large.');
    express5(req, res, next);
  };
}
