import { HttpError, isOwnOrigin, noRoute } from '@coppice/serverkit';
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
 * error shows its `name`, never its address. `headers` replace what a client sends by these names.
 */
function proxyTo(
  target: string,
  name: string,
  { xfwd = true, headers = {} }: { xfwd?: boolean; headers?: Record<string, string> } = {},
): [RequestHandler, ErrorRequestHandler] {
  const proxy = createProxyMiddleware<Request, Response>({
    target,
    changeOrigin: true,
    xfwd,
    proxyTimeout: TIMEOUT_MS,
    headers,
    on: { error: (error, req) => req.next?.(error) },
  });
  const explain: ErrorRequestHandler = (thrown, _req, _res, next) => next(asHttpError(thrown, name));
  return [proxy, explain];
}

/** Forwards the part of Prometheus' API that the page needs, and nothing else, for those whom `access` lets pass. */
export function prometheusReader(target: string, access: RequestHandler): Router {
  const open = ['query', 'query_range', 'alerts', 'rules', 'targets'].map((name) => `/api/v1/${name}`);
  const router: Router = express.Router({ caseSensitive: true, strict: true });
  const [proxy, explain] = proxyTo(target, 'Prometheus', { xfwd: false });
  // the address first, for the gateway to limit wrong keys; Prometheus gets none of it
  router.get(open, addForwardedFor, access, onlyHeaders('accept', 'accept-encoding', 'host', 'connection'), proxy);
  // not in the route: the proxy's errors come to the router
  router.use(explain);
  router.use(noRoute);
  return router;
}

/** The gateway, with all that a client sends it, except what belongs to other programs on this host or changes the method. */
export function gatewayProxy(target: string): (RequestHandler | ErrorRequestHandler)[] {
  return [
    withoutHeaders(...NOT_FOR_GATEWAY),
    addForwardedFor,
    withoutOwnOrigin,
    ...proxyTo(target, 'The gateway', { headers: { 'X-Source': 'page' } }),
  ];
}

/** Cookies belong to a host whatever the port, so a browser sends those of its other programs here. */
const NOT_FOR_GATEWAY = [
  ...['cookie', 'proxy-authorization'],
  ...['x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
];

function withoutHeaders(...names: string[]): RequestHandler {
  return (req, _res, next) => {
    for (const name of names) delete req.headers[name];
    next();
  };
}

/** The gateway gets another `Host` than the page and could not see that a request is from the page of this server. */
const withoutOwnOrigin: RequestHandler = (req, _res, next) => {
  if (isOwnOrigin(req)) delete req.headers.origin;
  next();
};

/** The proxy itself adds the address only where the client has not written one. */
const addForwardedFor: RequestHandler = (req, _res, next) => {
  const before = req.headers['x-forwarded-for'];
  req.headers['x-forwarded-for'] = [...(before ? [before] : []), req.socket.remoteAddress].join(', ');
  next();
};

function onlyHeaders(...names: string[]): RequestHandler {
  return (req, _res, next) => {
    for (const name of Object.keys(req.headers)) if (!names.includes(name)) delete req.headers[name];
    next();
  };
}

function asHttpError(thrown: unknown, name: string): unknown {
  if (thrown instanceof HttpError) return thrown;
  // httpxy ends a request after proxyTimeout with ECONNRESET, the code of a broken connection
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return code === 'ECONNRESET' || code === 'ETIMEDOUT'
    ? new HttpError(504, `${name} closed the connection or did not answer in time.`, { cause: thrown })
    : new HttpError(502, `${name} cannot be reached.`, { headers: { 'Retry-After': '2' }, cause: thrown });
}
