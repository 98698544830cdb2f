import { existsSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ConfigError, methodNotAllowed } from '@coppice/serverkit';
import type { RequestHandler } from 'express';
import staticGzip from 'express-static-gzip';

/**
 * Serves the built page, precompressed. Files under `/assets/` carry a hash in their name and never change; browsers
 * revalidate the others. Throws `ConfigError` when the page is not built.
 */
export function builtPage(folder: string): RequestHandler[] {
  if (!existsSync(join(folder, 'index.html')))
    throw new ConfigError(`the page is not built (${folder} has no index.html): run npm run build`);
  const assets = `${sep}assets${sep}`;
  const files: RequestHandler = staticGzip(folder, {
    enableBrotli: true,
    orderPreference: ['br', 'gzip'],
    serveStatic: {
      cacheControl: false,
      redirect: false,
      setHeaders: (res, path) => {
        const forever = path.slice(folder.length).startsWith(assets);
        res.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    },
  });
  const onlyRead: RequestHandler = (req, _res, next) => {
    const readable = ['GET', 'HEAD'];
    if (!readable.includes(req.method) && hasFile(folder, req.path)) throw methodNotAllowed(req.method, readable);
    next();
  };
  const notThere: RequestHandler = (_req, res, next) => {
    // set for a compressed file that existed at the start and is gone, as during a rebuild of the page
    res.removeHeader('Content-Encoding');
    res.removeHeader('Content-Type');
    next();
  };
  return [onlyRead, files, notThere];
}

function hasFile(folder: string, path: string): boolean {
  const file = join(folder, path === '/' ? 'index.html' : path);
  return file.startsWith(folder + sep) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
