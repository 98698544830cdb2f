import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { mustBeOfType } from './content-type.ts';
import { parseJson } from './json/parse-json.ts';
import { rawBody } from './raw-body.ts';

/**
 * Puts the value of a JSON body of at most `limit` bytes at `req.body`; undefined if there is no body. Refuses other types
 * (415) unread.
 */
export function readJson({ limit }: { limit: number }): RequestHandler {
  const read = readJsonBytes({ limit });
  return (req, res, next) => {
    read(req, res, (error) => {
      if (error) return next(error);
      try {
        const body: Buffer | undefined = req.body;
        req.body = body?.length ? parseJson(body) : undefined;
      } catch (thrown) {
        next(thrown);
        return;
      }
      next();
    });
  };
}

/** Puts the bytes of such a body there instead. */
export function readJsonBytes({ limit }: { limit: number }): RequestHandler {
  const read = rawBody(limit);
  return (req, res, next) => {
    const type = req.headers['content-type'];
    if (type !== 'application/json' && (type !== undefined || hasBody(req))) mustBeOfType(type, ['application/json']);
    read(req, res, next);
  };
}

const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
