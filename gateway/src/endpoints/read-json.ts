import { hasPlainBody, readPlainBody } from '@coppice/serverkit';
import express, { type RequestHandler } from 'express';

/** `express.json()` for the path of every prediction: plain JSON is read here, anything else is left to it. */
export function readJson({ limit }: { limit: number }): RequestHandler {
  const express5 = express.json({ limit });
  return (req, res, next) => {
    if (req.headers['content-type'] !== 'application/json' || !hasPlainBody(req, limit))
      return express5(req, res, next);
    readPlainBody(req, (body) => {
      try {
        req.body = parseJson(body);
      } catch (error) {
        next(error);
        return;
      }
      next();
    });
  };
}

/** Like body-parser in its strict mode: only objects and arrays. */
function parseJson(body: Buffer): unknown {
  try {
    const value = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below, without the text of the error, which may quote the body
  }
  throw Object.assign(new Error('not JSON'), { status: 400, type: 'entity.parse.failed' });
}
