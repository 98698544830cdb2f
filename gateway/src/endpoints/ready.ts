import type { Readiness } from '@coppice/contract';
import { type RequestHandler, Router } from 'express';
import { isStranger } from '../guard/require-secret.ts';
import type { TrafficControl } from '../traffic/traffic-control.ts';

type Deps = { traffic: Pick<TrafficControl, 'states'>; warnings: () => string[]; strangers: readonly RequestHandler[] };

/** `GET /ready`: 200 once a version with a share of the traffic can serve, `degraded` while any version cannot, else 503. */
export function readyRoutes({ traffic, warnings, strangers }: Deps): Router {
  return Router().get('/ready', ...strangers, (_req, res) => {
    const all = readReadiness(traffic.states(), warnings());
    const readiness = isStranger(res) ? { ...all, versions: withoutReasons(all.versions), warnings: [] } : all;
    if (readiness.status === 'unavailable') res.status(503).set('Retry-After', '1');
    res.json(readiness);
  });
}

export function readReadiness(versions: Readiness['versions'], warnings: string[]): Readiness {
  const up = versions.filter(({ ready, ejected }) => ready && !ejected);
  // a version that the gate keeps out has weight, and no share
  const serving = up.some(({ share }) => share > 0);
  const status = !serving ? 'unavailable' : up.length === versions.length ? 'ready' : 'degraded';
  return { status, versions, warnings };
}

/** For those without an API key: a reason may quote what a version's server said, and features are the model's. */
export const withoutReasons = (versions: Readiness['versions']) =>
  versions.map(({ requires: _, ...version }) => ({ ...version, reason: null }));
