import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { hasPlainBody, readPlainBody } from './plain-body.ts';
import { HttpError } from './problem.ts';

/** `express.json()` for the path of every prediction: reads plain JSON itself and leaves anything else to Express. */
export function readJson({ limit }: { limit: number }): RequestHandler {
  const express5 = express.json({
    limit,
    verify: (_req, _res, body, encoding) => encoding === 'utf-8' && mustBeUtf8(body),
  });
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
  const text = body.toString();
  // plain text, as nearly always, is decided without a look at the bytes
  if (text.includes('\ufffd')) mustBeUtf8(body);
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // the text of the error may quote the body: it is left out below
  }
  throw Object.assign(new Error('not JSON'), { status: 400, type: 'entity.parse.failed' });
}

/** Invalid bytes would be read as U+FFFD and turn a name or a user into another one. */
function mustBeUtf8(body: Buffer): void {
  if (!isUtf8(body)) throw new HttpError(400, 'The body is not UTF-8.');
}
