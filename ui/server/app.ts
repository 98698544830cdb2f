import { allowedHosts, errorHandler, noRoute, refuseCrossSite } from '@coppice/serverkit';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { builtPage } from './assets.ts';
import type { Config } from './config.ts';
import { requireGatewayAccess } from './gateway-access.ts';
import { gatewayProxy, prometheusReader } from './proxy.ts';
import { refuseTooLarge } from './refuse-too-large.ts';
import { securityHeaders } from './security.ts';
import { partsProbe } from './status.ts';

/** The page server: all its routes, in order. No body parser, since it streams bodies to the gateway. */
export function createApp(
  config: Pick<
    Config,
    'hosts' | 'basePath' | 'gatewayUrl' | 'prometheusUrl' | 'prometheusPublicUrl' | 'prometheusPort'
  >,
  { log, pageFolder }: { log: Pick<Logger, 'error'>; pageFolder: string },
): Express {
  const probe = partsProbe(config);
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use(allowedHosts(config.hosts));
  const page = express.Router();
  page.get(['/health', '/ready'], (_req, res) => void res.json({ status: 'ok' }));
  // the gateway itself decides who may call /api
  page.use(['/status', '/prometheus'], refuseCrossSite([]));
  page.get('/status', async (_req, res) => void res.set('Cache-Control', 'no-store').json(await probe()));
  page.use('/api', refuseTooLarge, ...gatewayProxy(config.gatewayUrl));
  page.use('/prometheus', prometheusReader(config.prometheusUrl, requireGatewayAccess(config.gatewayUrl)));
  page.use(...builtPage(pageFolder));
  if (config.basePath) app.use(config.basePath, withSlash(config.basePath), page);
  app.use(page);
  app.use(noRoute);
  app.use(errorHandler(log));
  return app;
}

/** The page's addresses are relative: without the slash they would lie beside the prefix instead of below it. */
function withSlash(basePath: string): RequestHandler {
  return (req, res, next) => {
    const [path, query] = req.originalUrl.split('?', 2);
    if (path !== basePath) return next();
    res.redirect(308, `${basePath}/${query === undefined ? '' : `?${query}`}`);
  };
}
