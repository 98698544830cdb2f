import { allowedHosts, errorHandler, noRoute, refuseCrossSite } from '@coppice/serverkit';
import express, { type Express } from 'express';
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
  config: Pick<Config, 'hosts' | 'gatewayUrl' | 'prometheusUrl' | 'prometheusPublicUrl' | 'prometheusPort'>,
  { log, pageFolder }: { log: Pick<Logger, 'error'>; pageFolder: string },
): Express {
  const probe = partsProbe(config);
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use(allowedHosts(config.hosts));
  app.get(['/health', '/ready'], (_req, res) => void res.json({ status: 'ok' }));
  // the gateway itself decides who may call /api
  app.use(['/status', '/prometheus'], refuseCrossSite([]));
  app.get('/status', async (_req, res) => void res.set('Cache-Control', 'no-store').json(await probe()));
  app.use('/api', refuseTooLarge, ...gatewayProxy(config.gatewayUrl));
  app.use('/prometheus', prometheusReader(config.prometheusUrl, requireGatewayAccess(config.gatewayUrl)));
  app.use(...builtPage(pageFolder));
  app.use(noRoute);
  app.use(errorHandler(log));
  return app;
}
