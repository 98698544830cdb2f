import { errorHandler, notFound } from '@coppice/serverkit';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { builtPage } from './assets.ts';
import type { Config } from './config.ts';
import { prometheusReader, proxyTo } from './proxy.ts';
import { securityHeaders } from './security.ts';
import { partsProbe } from './status.ts';

/** The page server: all its routes, in order. No body parser, since it streams bodies to the gateway. */
export function createApp(
  config: Pick<Config, 'gatewayUrl' | 'prometheusUrl' | 'prometheusPublicUrl' | 'prometheusPort'>,
  { log, pageFolder }: { log: Pick<Logger, 'error'>; pageFolder: string },
): Express {
  const probe = partsProbe(config);
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.get(['/health', '/ready'], (_req, res) => void res.json({ status: 'ok' }));
  app.get('/status', async (_req, res) => void res.set('Cache-Control', 'no-store').json(await probe()));
  app.use('/api', ...proxyTo(config.gatewayUrl, 'The gateway', { 'X-Source': 'page' }));
  app.use('/prometheus', prometheusReader(config.prometheusUrl));
  app.use(...builtPage(pageFolder));
  app.use(notFound);
  app.use(errorHandler(log));
  return app;
}
