import { Router } from 'express';

/** `GET /health`: the process is live. Says nothing about versions: see `/ready`. */
export function healthRoutes(): Router {
  return Router().get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
}
