import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxyMiddleware } from 'http-proxy-middleware';

type Options = {
  prefix: string;
  target: string /** Whether the target gets the path without the prefix. */;
  strips: boolean;
};

export type PrefixProxy = {
  url: string;
  /** Paths that a browser asked for and that do not belong to the prefix. */
  astray: string[];
  stop(): void;
};

/** A proxy that has the target below a prefix, and another site everywhere else. */
export async function startPrefixProxy({ prefix, target, strips }: Options): Promise<PrefixProxy> {
  const astray: string[] = [];
  const proxy = createProxyMiddleware({
    ...{ target, xfwd: true, changeOrigin: true },
    pathFilter: (path) => path === prefix || path.startsWith(`${prefix}/`),
    pathRewrite: (path) => (strips ? path.slice(prefix.length) || '/' : path),
  });
  const server = createServer((req, res) =>
    proxy(req, res, () => {
      astray.push(req.url ?? '');
      res.writeHead(404).end('another site');
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, astray, stop };
}
