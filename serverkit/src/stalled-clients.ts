import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, HttpError } from './problem.ts';

type Connection = {
  request?: IncomingMessage;
  response?: ServerResponse;
  /** As the client wrote it: routes change the request's own. */
  url?: string;
  /** Bytes that had come when the client sent last, and when that was. */
  read: number;
  since: number;
};

/**
 * Answers 408 to a client that has begun a request and sends nothing more of it for `ms`, and closes its connection. One
 * that is slow but goes on is not stalled, and neither is one whose bytes this server has yet to take.
 */
export function refuseStalledClients(server: Server, ms: number): void {
  const connections = new Map<Socket, Connection>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { read: 0, since: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (!connection) return;
    connection.request = request;
    connection.response = response;
    connection.url = request.url ?? '/';
    connection.read = -1;
  });
  // one timer for all: a timer for each request would cost every prediction
  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const [socket, connection] of connections)
        if (isStalled(socket, connection, now, ms)) refuse(socket, connection, ms);
    },
    Math.min(ms / 4, 1000),
  );
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function isStalled(socket: Socket, connection: Connection, now: number, ms: number): boolean {
  const { request } = connection;
  if (!request || request.complete) return false;
  if (socket.bytesRead !== connection.read || request.readableLength > 0) {
    connection.read = socket.bytesRead;
    connection.since = now;
    return false;
  }
  return now - connection.since >= ms;
}

/** Written past the response, for which a handler may still wait to read the request. */
function refuse(socket: Socket, { url = '/', response }: Connection, ms: number): void {
  // the answer has begun, or that to an earlier request on this connection is still to come
  if (response?.socket !== socket || response.headersSent) {
    socket.destroy();
    return;
  }
  const error = new HttpError(408, `The request is incomplete: nothing more of it came for ${ms / 1000} s.`);
  const { type, body } = errorBody(error, url);
  const text = JSON.stringify(body);
  socket.write(
    `HTTP/1.1 408 ${STATUS_CODES[408]}\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
  socket.destroySoon();
}
