import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { errorBody, type HttpError } from './problem.ts';

/**
 * Whether a request has more than one `Host`, which HTTP forbids (RFC 9112, 3.2) and Node takes: the first would count
 * here and the second perhaps in a proxy.
 */
export function hasTwoHosts({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** Ends a request that no app should see, and its connection. */
export function refuse(req: IncomingMessage, res: ServerResponse, error: HttpError): void {
  const { type, body } = errorBody(error, req.url ?? '/');
  res.writeHead(error.status, { 'Content-Type': type, Connection: 'close' }).end(JSON.stringify(body));
}

/**
 * Sends 100 Continue to clients that wait for it (`Expect: 100-continue`) when the app begins to read the body, where Node
 * sends it at once: a request that the app refuses unread, such as one that is too large, never sends its body.
 */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (req, res) => {
    // the connection behind a proxy has its own; http-proxy-middleware would also skip its changes of headers
    delete req.headers.expect;
    // unless the body is read, what follows on this connection may be the body or another request
    res.setHeader('Connection', 'close');
    const read = req._read;
    req._read = (size) => {
      req._read = read;
      if (!res.headersSent) {
        res.removeHeader('Connection');
        res.writeContinue();
      }
      read.call(req, size);
    };
    server.emit('request', req, res);
  });
}
