import http from 'node:http';
import https from 'node:https';
import type { Request, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { InferError } from '../versions/infer-error.ts';
import type { Version } from '../versions/version.ts';

/** Streams requests to the servers of versions, bodies untouched. */
export type VersionProxy = {
  /** `path` replaces the request's own. Calls `done` once: with null and the status when an answer begins, or with an error. */
  forward(req: Request, res: Response, to: { version: Version; path: string }, done: ForwardDone): void;
  close(): void;
};

type ForwardDone = (error: InferError | null, status: number) => void;
type Forwarded = { target: string; done: ForwardDone; startedAt: number };

/** What is for the gateway, which the servers behind it must not see: credentials, what a browser says, another method or path. */
const OWN_HEADERS = [
  ...['authorization', 'proxy-authorization', 'x-api-key', 'cookie'],
  ...['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-user'],
  ...['x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
];

/** A request ends after `timeoutMs` without a byte from the version's server. */
export function createVersionProxy({ timeoutMs }: { timeoutMs: number }): VersionProxy {
  const agents = [new http.Agent({ keepAlive: true }), new https.Agent({ keepAlive: true })] as const;
  const underWay = new WeakMap<http.IncomingMessage, Forwarded>();

  const settle = (req: http.IncomingMessage, error: InferError | null, status: number) => {
    const forwarded = underWay.get(req);
    underWay.delete(req);
    forwarded?.done(error, status);
  };

  const failed = (req: http.IncomingMessage, res: http.ServerResponse, error: unknown) => {
    const forwarded = underWay.get(req);
    if (forwarded) {
      // a time-out of the proxy arrives as a reset connection
      const late = performance.now() - forwarded.startedAt >= timeoutMs * 0.95;
      settle(req, new InferError(late ? 'timeout' : 'connect', undefined, error), 0);
      return;
    }
    // the answer had begun: the client can only see that it is incomplete
    if (!res.writableEnded) res.destroy();
  };

  const proxies = agents.map((agent) =>
    createProxyMiddleware<Request, Response>({
      router: (req) => underWay.get(req)?.target ?? '',
      agent,
      changeOrigin: true,
      proxyTimeout: timeoutMs,
      // the default plugins write their own error body, which shows host and path
      ejectPlugins: true,
      plugins: [
        (proxy) => {
          proxy.on('proxyReq', (proxyReq) => {
            for (const name of OWN_HEADERS) proxyReq.removeHeader(name);
          });
          proxy.on('proxyRes', (proxyRes, req, res) => {
            res.on('close', () => {
              if (!res.writableEnded) proxyRes.destroy();
            });
            settle(req, null, proxyRes.statusCode ?? 502);
          });
          // with a listener here the middleware's promise resolves: without an answer now, the client hangs
          proxy.on('error', (error, req, res) => req && res && failed(req, res as Response, error));
          proxy.on('econnreset', () => {});
        },
      ],
    }),
  );

  return {
    forward(req, res, { version, path }, done) {
      underWay.set(req, { target: version.url, done, startedAt: performance.now() });
      req.url = path;
      const proxy = proxies[version.url.startsWith('https:') ? 1 : 0] as (typeof proxies)[number];
      void proxy(req, res, (error) => failed(req, res, error));
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}
