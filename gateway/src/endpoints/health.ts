import { Router } from 'express';

/** `GET /health`: the process lives and answers. Says nothing about versions; that is `/ready`. */
export function healthRoutes(): Router {
  return Router().get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
}
