import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { forwardedHeaders } from '@coppice/serverkit';
import type { Request, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { InferError } from '../versions/infer-error.ts';
import type { Version } from '../versions/version.ts';

/** Streams requests to the servers of versions, bodies untouched. */
export type VersionProxy = {
  /** `path` replaces the request's own. Calls `failed` at most once, instead of an answer. */
  forward(req: Request, res: Response, to: { version: Version; path: string }, failed: ForwardFailed): void;
  close(): void;
};

type ForwardFailed = (error: InferError) => void;
type Forwarded = { target: string; failed: ForwardFailed; late: boolean };

/** A request ends when the version's server is silent for `timeoutMs`. A client may be silent as long as `serve` lets it. */
export function createVersionProxy({ timeoutMs }: { timeoutMs: number }): VersionProxy {
  const agents = [new http.Agent({ keepAlive: true }), new https.Agent({ keepAlive: true })] as const;
  const underWay = new WeakMap<IncomingMessage, Forwarded>();

  const failed = (req: IncomingMessage, res: ServerResponse, error: unknown) => {
    const forwarded = underWay.get(req);
    underWay.delete(req);
    if (forwarded) forwarded.failed(new InferError(forwarded.late ? 'timeout' : 'connect', undefined, error));
    // the answer had begun: the client can only see that it is incomplete
    else if (!res.writableEnded) res.destroy();
  };

  const answer = (from: IncomingMessage, req: IncomingMessage, res: ServerResponse) => {
    underWay.delete(req);
    // what the gateway has said already stands
    for (const [name, value] of Object.entries(forwardedHeaders(from.headers, 'answer')))
      if (value !== undefined && !res.hasHeader(name)) res.setHeader(name, value);
    res.writeHead(from.statusCode ?? 502);
    from.pipe(res);
  };

  const proxies = agents.map((agent) =>
    createProxyMiddleware<Request, Response>({
      router: (req) => underWay.get(req)?.target ?? '',
      agent,
      changeOrigin: true,
      // the proxy's own way of answers passes all headers on, and sets some
      selfHandleResponse: true,
      // the default plugins write their own error body, which shows host and path
      ejectPlugins: true,
      plugins: [
        (proxy) => {
          proxy.on('proxyReq', (proxyReq, req, res) => {
            const forwarded = underWay.get(req);
            endWhenSilent(proxyReq, req, res, timeoutMs, () => {
              if (forwarded) forwarded.late = true;
            });
          });
          proxy.on('proxyRes', answer);
          // with a listener here the middleware's promise resolves: without an answer now, the client hangs
          proxy.on('error', (error, req, res) => req && res && failed(req, res as Response, error));
          proxy.on('econnreset', () => {});
        },
      ],
    }),
  );

  return {
    forward(req, res, { version, path }, done) {
      const { url } = req;
      underWay.set(req, {
        target: version.url,
        late: false,
        failed(error) {
          req.url = url;
          done(error);
        },
      });
      req.url = path;
      req.headers = forwardedHeaders(req.headers, 'request');
      const proxy = proxies[version.url.startsWith('https:') ? 1 : 0] as (typeof proxies)[number];
      void proxy(req, res, (error) => failed(req, res, error));
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}

/**
 * Ends a request to a version after `timeoutMs` in which its server neither took nor sent a byte. Time in which the
 * client has yet to send, or to read, does not count: it is not the server's.
 */
function endWhenSilent(
  proxyReq: ClientRequest,
  req: IncomingMessage,
  res: ServerResponse,
  timeoutMs: number,
  late: () => void,
): void {
  const waitsForClient = () =>
    res.writableNeedDrain || (!req.complete && !proxyReq.socket?.connecting && !proxyReq.writableNeedDrain);
  const timer = setTimeout(() => {
    if (waitsForClient()) {
      timer.refresh();
      return;
    }
    late();
    proxyReq.destroy(new Error('the version is silent'));
  }, timeoutMs);
  proxyReq.on('finish', () => timer.refresh());
  proxyReq.on('response', (from) => from.on('data', () => timer.refresh()));
  proxyReq.on('close', () => clearTimeout(timer));
}
