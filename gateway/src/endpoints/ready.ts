import type { Readiness } from '@coppice/contract';
import { Router } from 'express';
import type { TrafficControl } from '../traffic/traffic-control.ts';

type Deps = { traffic: Pick<TrafficControl, 'states'>; warnings: () => string[] };

/** `GET /ready`: 200 once a version with weight can serve, `degraded` while any version cannot, else 503. */
export function readyRoutes({ traffic, warnings }: Deps): Router {
  return Router().get('/ready', (_req, res) => {
    const readiness = readReadiness(traffic.states(), warnings());
    if (readiness.status === 'unavailable') res.status(503).set('Retry-After', '1');
    res.json(readiness);
  });
}

export function readReadiness(versions: Readiness['versions'], warnings: string[]): Readiness {
  const up = versions.filter(({ ready, ejected }) => ready && !ejected);
  const status =
    up.length === versions.length ? 'ready' : up.some(({ weight }) => weight > 0) ? 'degraded' : 'unavailable';
  return { status, versions, warnings };
}
