import { type RequestHandler, Router } from 'express';

/** `GET /access`: 200 for a request that may read, 401 otherwise. For proxies that ask first, as the page server does. */
export function accessRoutes({ apiKey }: { apiKey: readonly RequestHandler[] }): Router {
  return Router().get('/access', ...apiKey, (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
}
