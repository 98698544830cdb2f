import { reportHeaders } from '@coppice/contract';
import { type Request, type RequestHandler, Router } from 'express';
import { PredictionError } from '../predict/prediction-service.ts';
import type { TrafficSplit } from '../traffic/traffic-split.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import type { Version } from '../versions/version.ts';
import { fleetMetadata } from './fleet-metadata.ts';
import { mustKnow } from './infer.ts';
import { readReadiness } from './ready.ts';
import { pinOf, userOf } from './request-headers.ts';
import type { VersionProxy } from './version-proxy.ts';

type Deps = {
  traffic: TrafficSplit<Version>;
  proxy: VersionProxy;
  client: readonly RequestHandler[];
};

type FrontDoor = Deps & { modelName: string; catalog: Pick<ModelCatalog, 'shape'> };

/**
 * `/v2/**` except infer: the Open Inference Protocol. The gateway answers health, and metadata of a model whose features
 * no single version describes; it streams all other requests to the server of a version, assigned as `/predict` is.
 */
export function openInferenceRoutes({ traffic, proxy, client, modelName, catalog }: FrontDoor): Router {
  const router = Router();

  router.get(['/v2/health/live', '/v2/health/ready'], (req, res) => {
    const ready = readReadiness(traffic.states(), []).status !== 'unavailable';
    // both fields on both paths: public clients read different ones
    res.status(ready || req.path.endsWith('/live') ? 200 : 503).json({ live: true, ready });
  });

  router.get('/v2/models/:model', ...client, (req, res, next) => {
    const shape = catalog.shape();
    if (req.params.model !== modelName || pinOf(req.headers) !== undefined || !shape) return next();
    const metadata = fleetMetadata({ name: modelName, versions: traffic.versions }, shape);
    if (metadata) res.json(metadata);
    else next();
  });

  router.all(['/v2', '/v2/*path'], ...client, (req, res, next) => {
    const { pin, path } = readPath(req);
    if (pin !== undefined) mustKnow(traffic, pin);
    const { version, route } = traffic.assign(pin ?? pinOf(req.headers), userOf(req.headers));
    res.setHeader('X-Model-Version', version.name);
    proxy.forward(req, res, { version, path: renamed(path, modelName, version.modelName) }, (error) =>
      next(new PredictionError({ version, assigned: null, epoch: null, route }, error)),
    );
  });

  return router;
}

/** `/models/:version/**`: one version's own server, passed through unchanged. Not counted, as it is for inspection. */
export function modelsProxyRoutes({ traffic, proxy, client }: Deps): Router {
  const handler: RequestHandler<{ version: string }> = (req, res, next) => {
    const version = mustKnow(traffic, req.params.version);
    const path = pathOf(req.url).replace(/^\/models\/[^/?]*/i, '');
    res.setHeader('X-Model-Version', version.name);
    // the page of a report has its own style, which the gateway's own policy forbids
    if (/^\/report([/?]|$)/.test(path)) res.set(reportHeaders);
    proxy.forward(req as Request, res, { version, path: path.startsWith('/') ? path : `/${path}` }, (error) =>
      next(new PredictionError({ version, assigned: null, epoch: null, route: 'pinned' }, error)),
    );
  };
  return Router()
    .all('/models/:version', ...client, handler)
    .all('/models/:version/*path', ...client, handler);
}

/**
 * A version in the path (`/v2/models/iris/versions/v2/ready`) is a pin. It is removed from the path: the server behind
 * serves only that version, and may number its models differently.
 */
function readPath(req: Pick<Request, 'url'>): { pin: string | undefined; path: string } {
  const path = pathOf(req.url);
  const [, before, version, after] = /^(\/v2\/models\/[^/?]+)\/versions\/([^/?]+)(.*)$/i.exec(path) ?? [];
  return before && version ? { pin: decodeURIComponent(version), path: before + after } : { pin: undefined, path };
}

/** The path with the model's name on the server behind, where that is another one. */
function renamed(path: string, from: string, to: string): string {
  const begin = `/v2/models/${from}`;
  if (from === to || !path.startsWith(begin) || !/^([/?]|$)/.test(path.slice(begin.length))) return path;
  return `/v2/models/${encodeURIComponent(to)}${path.slice(begin.length)}`;
}

/** Path and query as the client wrote them, so that nothing in them gets decoded; a request line may also hold a whole URL. */
function pathOf(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
