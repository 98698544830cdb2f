import { HttpError, notFound } from '@coppice/serverkit';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

/** Milliseconds without a byte from the upstream, after which the request fails. */
const TIMEOUT_MS = 30_000;

/**
 * Forwards requests to an upstream and streams the bodies. An upstream that is down gives 502, a silent one 504; the
 * error shows its `name`, never its address.
 */
export function proxyTo(
  target: string,
  name: string,
  headers: Record<string, string> = {},
): (RequestHandler | ErrorRequestHandler)[] {
  const proxy = createProxyMiddleware<Request, Response>({
    target,
    changeOrigin: true,
    headers,
    xfwd: true,
    proxyTimeout: TIMEOUT_MS,
    on: { error: (error, req) => req.next?.(error) },
  });
  const explain: ErrorRequestHandler = (thrown, _req, _res, next) => next(asHttpError(thrown, name));
  return [proxy, explain];
}

/** Forwards the part of Prometheus' API that the page needs, and nothing else. */
export function prometheusReader(target: string): Router {
  const open = ['query', 'query_range', 'alerts', 'rules', 'targets'].map((name) => `/api/v1/${name}`);
  const router: Router = express.Router({ caseSensitive: true, strict: true });
  router.all(open, (req, _res, next) => {
    if (req.method === 'GET') return next();
    throw new HttpError(405, `${req.method} is not allowed here: use GET.`, { headers: { Allow: 'GET' } });
  });
  router.get(open, ...proxyTo(target, 'Prometheus'));
  router.use(notFound);
  return router;
}

function asHttpError(thrown: unknown, name: string): unknown {
  if (thrown instanceof HttpError) return thrown;
  // httpxy ends a request after proxyTimeout with ECONNRESET, the code of a broken connection
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return code === 'ECONNRESET' || code === 'ETIMEDOUT'
    ? new HttpError(504, `${name} closed the connection or did not answer in time.`, { cause: thrown })
    : new HttpError(502, `${name} cannot be reached.`, { headers: { 'Retry-After': '2' }, cause: thrown });
}
