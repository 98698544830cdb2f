import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@coppice/contract/server';
import type { RequestHandler } from 'express';
import sirv from 'sirv';

/**
 * Serves the built page, precompressed. Files under `/assets/` carry a hash in their name and never change; the others
 * are asked for anew. Throws `ConfigError` when the page is not built.
 */
export function builtPage(folder: string): RequestHandler {
  if (!existsSync(join(folder, 'index.html')))
    throw new ConfigError(`the page is not built (${folder} has no index.html): run npm run build`);
  const files = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    setHeaders: (res, path) => {
      res.setHeader('Cache-Control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      res.setHeader('Vary', 'Accept-Encoding');
    },
  });
  return (req, res, next) => (req.method === 'GET' || req.method === 'HEAD' ? files(req, res, next) : next());
}
