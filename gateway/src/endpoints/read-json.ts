import express, { type Request, type RequestHandler } from 'express';

/**
 * `express.json()` for the path of every prediction. A body of the common kind (plain JSON whose length is told) is read
 * here without its streams and closures; any other kind is left to it.
 */
export function readJson({ limit }: { limit: number }): RequestHandler {
  const express5 = express.json({ limit });
  return (req, res, next) => {
    if (!isCommon(req, limit)) return express5(req, res, next);
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    req.on('data', (chunk: Buffer) => {
      if (!first) first = chunk;
      else {
        more ??= [first];
        more.push(chunk);
      }
    });
    req.on('end', () => {
      const body = more ? Buffer.concat(more) : (first ?? empty);
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

const empty = Buffer.alloc(0);

/** A client that goes away before the end gets no answer: neither `end` nor anything else happens then. */
function isCommon({ headers }: Request, limit: number): boolean {
  const length = Number(headers['content-length']);
  return (
    headers['content-type'] === 'application/json' &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    length > 0 &&
    length <= limit
  );
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
