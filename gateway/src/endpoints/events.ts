import { type RequestHandler, Router } from 'express';
import type { EventHub } from '../events/event-hub.ts';

type Deps = { events: Pick<EventHub, 'open'>; apiKey: readonly RequestHandler[] };

/** Bytes that may wait for a client before it counts as one that does not keep up. */
const MOST_WAITING = 256 * 1024;

/** `GET /events`: what changes, as server-sent events, with a beat every second. */
export function eventsRoutes({ events, apiKey }: Deps): Router {
  const router = Router();

  router.get('/events', ...apiKey, async (req, res) => {
    const start = () => {
      if (res.headersSent) return;
      // a proxy in front must pass each event on at once
      res.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
    };
    if (req.method === 'HEAD') {
      start();
      res.end();
      return;
    }
    const close = await events.open(
      (text) => {
        start();
        res.write(text);
        return res.writableLength < MOST_WAITING;
      },
      () => {
        if (res.writableLength < MOST_WAITING) res.end();
        // what waits for a client that does not read would stay as long as its connection
        else res.destroy();
      },
    );
    res.on('close', close);
    if (req.socket.destroyed) close();
  });

  return router;
}
