import { hasPlainBody, readPlainBody } from '@coppice/serverkit';
import express, { type RequestHandler } from 'express';

/** Puts the bytes of a body of any type at `req.body`: `express.raw()`, but for plain bodies, which are read here. */
export function rawBody(limit: number): RequestHandler {
  const express5 = express.raw({ limit, type: () => true });
  return (req, res, next) => {
    if (!hasPlainBody(req, limit)) return express5(req, res, next);
    readPlainBody(req, (body) => {
      req.body = body;
      next();
    });
  };
}
