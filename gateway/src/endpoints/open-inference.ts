import { HttpError } from '@coppice/serverkit';
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Accounting } from '../accounting/accounting.ts';
import { PredictionError } from '../predict/prediction-service.ts';
import { type Assignment, NoVersionError, type TrafficSplit } from '../traffic/traffic-split.ts';
import type { InferError } from '../versions/infer-error.ts';
import type { Version } from '../versions/version.ts';
import { readReadiness } from './ready.ts';
import { pinOf, userOf } from './request-headers.ts';
import type { VersionProxy } from './version-proxy.ts';

type Deps = {
  traffic: TrafficSplit<Version>;
  proxy: VersionProxy;
  accounting: Accounting;
  client: readonly RequestHandler[];
};

/**
 * `/v2/**`: the Open Inference Protocol. Assigns each request to a version as `/predict` does, and streams its body
 * unread. Infer requests count in the same metrics; their rows are neither recorded nor watched for drift.
 */
export function openInferenceRoutes({ traffic, proxy, accounting, client }: Deps): Router {
  const router = Router();

  router.get(['/v2/health/live', '/v2/health/ready'], (req, res) => {
    const ready = readReadiness(traffic.states(), []).status !== 'unavailable';
    // both fields on both paths: public clients read different ones
    res.status(ready || req.path.endsWith('/live') ? 200 : 503).json({ live: true, ready });
  });

  router.all(['/v2', '/v2/*path'], ...client, (req, res, next) => {
    const startedAt = performance.now();
    const { pin: pathPin, path, infer } = readPath(req);
    let assigned: Assignment<Version>;
    try {
      assigned = traffic.assign(pathPin ?? pinOf(req), userOf(req));
    } catch (error) {
      if (infer) accounting.refused(error instanceof NoVersionError ? 'unavailable' : 'invalid');
      throw error;
    }
    const { version, route, instead } = assigned;
    if (infer && instead) accounting.failedOver(instead.name, version.name, route);
    res.setHeader('X-Model-Version', version.name);
    proxy.forward(req, res, { version, path }, (error, status) => {
      if (infer) count(accounting, assigned, error, status, res, startedAt);
      if (error) fail(next, version, route, error);
    });
  });

  return router;
}

/** `/models/:version/**`: one version's own server, passed through unchanged. Not counted, as it is for inspection. */
export function modelsProxyRoutes({ traffic, proxy, client }: Pick<Deps, 'traffic' | 'proxy' | 'client'>): Router {
  const handler: RequestHandler<{ version: string }> = (req, res, next) => {
    const version = traffic.find(req.params.version);
    if (!version)
      throw new HttpError(404, `Unknown version ${req.params.version}. Versions: ${traffic.versions.join(', ')}.`);
    // as the client wrote it, so that nothing in it gets decoded
    const path = req.url.slice(`/models/${version.name}`.length);
    res.setHeader('X-Model-Version', version.name);
    proxy.forward(req as Request, res, { version, path: path.startsWith('/') ? path : `/${path}` }, (error) => {
      if (error) fail(next, version, 'pinned', error);
    });
  };
  return Router()
    .all('/models/:version', ...client, handler)
    .all('/models/:version/*path', ...client, handler);
}

/**
 * A version in the path (`/v2/models/iris/versions/v2/infer`) is a pin. It is removed from the path: the server behind
 * serves only that version, and may number its models differently.
 */
function readPath(req: Request): { pin: string | undefined; path: string; infer: boolean } {
  const [, before, version, after] = /^(\/v2\/models\/[^/?]+)\/versions\/([^/?]+)(.*)$/.exec(req.url) ?? [];
  const infer = req.method === 'POST' && /\/infer$/.test(req.path);
  return before && version
    ? { pin: decodeURIComponent(version), path: before + after, infer }
    : { pin: undefined, path: req.url, infer };
}

function count(
  accounting: Accounting,
  { version, route }: Assignment<Version>,
  error: InferError | null,
  status: number,
  res: Response,
  startedAt: number,
): void {
  const accounted = () => ({ version, route, seconds: (performance.now() - startedAt) / 1000, rows: null });
  if (error || status >= 500) {
    const reason = error?.reason ?? 'upstream';
    accounting.failed(accounted(), reason);
  } else if (status >= 400) accounting.refused('invalid');
  else res.once('close', () => accounting.answered(accounted(), null));
}

function fail(next: NextFunction, version: Version, route: Assignment<Version>['route'], error: InferError): void {
  next(new PredictionError(version, route, error));
}
