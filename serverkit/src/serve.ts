import { IncomingMessage, type RequestListener, Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Logger } from 'pino';
import { continueWhenRead, hasTwoHosts, refuse } from './check-request.ts';
import { ConfigError } from './env.ts';
import { FastPath, type FastRoute } from './fast-path/fast-path.ts';
import { HttpError } from './problem.ts';
import { refuseStalledClients } from './stalled-clients.ts';

type Options = {
  port: number;
  /** Address to listen on. Default: all interfaces. */
  host?: string | undefined;
  /** Milliseconds without a byte of a request that has begun, after which its client gets 408. */
  clientTimeout?: number;
  /** Milliseconds within which a whole request must arrive. Default: six times `clientTimeout`. */
  requestTimeout?: number;
  /** Milliseconds without traffic after which a connection is closed, such as that of a client that stops reading. */
  stallTimeout?: number;
  /** A route whose plain requests do not come to the app. */
  fastRoute?: FastRoute | null;
};

/** Longer than any `UPSTREAM_TIMEOUT` that can be set: a connection that waits for a version is not stalled. */
const STALL_MS = 660_000;

export type Serving = {
  server: Server;
  port: number;
  /** Stops listening, answers requests on open connections and closes idle ones; closes the rest after `graceMs`. */
  drain(graceMs: number): Promise<void>;
};

/** A client that has sent nothing for this long has no request on its way. */
const QUIET_MS = 1000;

const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'];

/** Listens with an app. Throws a `ConfigError` of one line when the port is taken, or the address is not this machine's. */
export async function serve(app: RequestListener & Partial<Prototypes>, options: Options): Promise<Serving> {
  const { port, host, clientTimeout = 10_000, requestTimeout = 6 * clientTimeout, stallTimeout = STALL_MS } = options;
  const server = new Server(
    {
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 15_000),
      // by default Node checks only every 30 s, and a slow client could stay that much longer
      connectionsCheckingInterval: Math.min(requestTimeout, 2_000),
      keepAliveTimeout: 65_000,
      ...(hasPrototypes(app) ? bornWith(app) : {}),
    },
    (req, res) => {
      if (hasTwoHosts(req)) refuse(req, res, new HttpError(400, 'The request has more than one Host header.'));
      else {
        // without effect in HTTP/1.0, where Node passes it on
        if (req.httpVersionMinor === 0) delete req.headers.expect;
        app(req, res);
      }
    },
  );
  const fastPath = options.fastRoute ? new FastPath(server, options.fastRoute) : null;
  continueWhenRead(server);
  server.setTimeout(stallTimeout);
  refuseStalledClients(server, clientTimeout);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new ConfigError(`port ${port} is taken by another program`, { cause: error }));
      else if (error.code && NO_SUCH_ADDRESS.includes(error.code))
        reject(new ConfigError(`this machine has no address ${host} to listen on`, { cause: error }));
      else reject(error);
    });
    server.listen({ port, host }, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port, drain: (graceMs) => drain(server, fastPath, graceMs) };
}

/** An Express app's prototypes of requests and responses. */
type Prototypes = { request: IncomingMessage; response: ServerResponse };

const hasPrototypes = (app: Partial<Prototypes>): app is Prototypes =>
  app.request !== undefined && app.response !== undefined;

/**
 * Request and response classes that have an app's prototypes from the start. Express otherwise changes the prototypes of
 * each request, and V8 has to find another hidden class every time.
 */
function bornWith(app: Prototypes) {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype;
  app.response = AppResponse.prototype;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/** Runs a program's `main`: a `ConfigError` ends it with one line and status 1, anything else with its stack. */
export async function runMain(log: Pick<Logger, 'fatal'>, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, 'start failed');
    process.exitCode = 1;
    process.exit();
  }
}

/** Calls `stop` once on SIGTERM or SIGINT, then ends the process with 0 (1 when `stop` fails). */
export function onStopSignal(log: Pick<Logger, 'info' | 'error'>, stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      stop().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'stop failed');
          process.exit(1);
        },
      );
    });
  }
}

async function drain(server: Server, fastPath: FastPath | null, graceMs: number): Promise<void> {
  // a client that sends one more request on a kept-alive connection gets its answer, and opens the next one elsewhere
  server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
  fastPath?.drain();
  // not `server.close()`: it also closes connections that are idle right now, and may cut off a request on its way
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  let idle: NodeJS.Timeout | undefined;
  const closeIdle = () => {
    server.closeIdleConnections();
    fastPath?.closeIdle();
  };
  const quiet = setTimeout(
    () => {
      closeIdle();
      idle = setInterval(closeIdle, 50);
    },
    Math.min(QUIET_MS, graceMs / 4),
  );
  const hard = setTimeout(() => {
    server.closeAllConnections();
    fastPath?.closeAll();
  }, graceMs);
  await closed;
  clearTimeout(quiet);
  clearInterval(idle);
  clearTimeout(hard);
}
