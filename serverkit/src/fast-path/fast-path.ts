import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Head, readHead } from './read-head.ts';

/** Names and values of headers, in turn. */
export type Reply = (status: number, headers: readonly string[], body: string | Buffer) => void;

/** A route whose plain requests are answered without Node's HTTP parser, its streams and Express. */
export type FastRoute = {
  /** As the client writes it, such as `POST /predict HTTP/1.1`. */
  requestLine: string;
  /** Whether the head alone lets the request in. The same for the same head, which is remembered. */
  admits(headers: Head['headers']): boolean;
  /**
   * Takes a request, and calls `reply` once, later. False when it does not, having changed nothing: then the usual way answers it,
   * which is where every error about a request is written.
   */
  answer(headers: Head['headers'], body: Buffer, reply: Reply): boolean;
};

/** Heads that were read: a kept connection sends the same ones again and again. */
const REMEMBERED = 500;
/** Bytes of a head that is looked at. */
const MOST_HEAD = 2048;
const SWEEP_MS = 1000;

/**
 * A way for the requests of one route around all that a server does for any request. A new connection begins on it, and stays as long as
 * each chunk that comes is one whole plain request (`readHead`) which the route takes. With the first chunk that is anything else, the
 * connection goes to Node's HTTP server, for ever, as if it had just come: Node alone decides about whatever is not plain.
 */
export class FastPath {
  readonly #server: Server;
  readonly #usual: (this: Server, socket: Socket) => void;
  readonly #route: FastRoute;
  readonly #connections = new Set<Connection>();
  readonly #heads = new Map<string, Head | null>();
  readonly #keepAlive: string;
  readonly #timer: NodeJS.Timeout;
  #date = '';
  #second = 0;
  /** Sweeps so far: a clock that costs nothing to read. */
  sweeps = 0;
  draining = false;

  constructor(server: Server, route: FastRoute) {
    this.#server = server;
    this.#route = route;
    this.#keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}\r\n`;
    // the listener that Node's HTTP server adds for itself
    this.#usual = server.listeners('connection')[0] as (socket: Socket) => void;
    server.removeListener('connection', this.#usual);
    server.on('connection', (socket: Socket) => void this.#connections.add(new Connection(socket, this)));
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
    server.once('close', () => clearInterval(this.#timer));
  }

  /** False: the chunk is not one whole plain request, or the route does not take it. */
  take(chunk: Buffer, reply: Reply): boolean {
    const end = chunk.indexOf('\r\n\r\n');
    if (end < 0 || end > MOST_HEAD) return false;
    const head = this.#headOf(chunk.toString('latin1', 0, end));
    if (head === null || chunk.length !== end + 4 + head.length) return false;
    return this.#route.answer(head.headers, chunk.subarray(end + 4), reply);
  }

  /** Gives a connection to Node's HTTP server, with what was read of it and not answered. */
  handOver(connection: Connection, socket: Socket, chunk: Buffer | undefined): void {
    this.#connections.delete(connection);
    this.#usual.call(this.#server, socket);
    if (chunk) socket.emit('data', chunk);
    socket.resume();
  }

  ended(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** The bytes that Node's `writeHead` would write, in its order. */
  headText(status: number, headers: readonly string[], close: boolean): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    return `${text}Date: ${this.#dateNow()}\r\n${close ? 'Connection: close\r\n' : this.#keepAlive}\r\n`;
  }

  /** From now on each answer closes its connection. */
  drain(): void {
    this.draining = true;
  }

  closeIdle(): void {
    for (const connection of this.#connections) if (!connection.busy) connection.destroy();
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #headOf(text: string): Head | null {
    const known = this.#heads.get(text);
    if (known !== undefined) return known;
    const read = readHead(text, this.#route.requestLine);
    const head = read !== null && this.#route.admits(read.headers) ? read : null;
    if (this.#heads.size >= REMEMBERED) this.#heads.clear();
    this.#heads.set(text, head);
    return head;
  }

  #dateNow(): string {
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = new Date(now).toUTCString();
    }
    return this.#date;
  }

  #sweep(): void {
    this.sweeps++;
    const most = this.#server.keepAliveTimeout / SWEEP_MS;
    for (const connection of this.#connections) {
      if (connection.busy) continue;
      const idle = this.sweeps - connection.since;
      // Node has its own time for a client that sends nothing at all
      if (!connection.used && idle > 1) connection.handOver(undefined);
      else if (idle > most) connection.destroy();
    }
  }
}

class Connection {
  readonly #socket: Socket;
  readonly #path: FastPath;
  /** A request of it waits for its answer. */
  busy = false;
  used = false;
  /** The sweep before its last request or answer. */
  since: number;
  /** What came before the answer was written. */
  #held: Buffer | undefined;

  constructor(socket: Socket, path: FastPath) {
    this.#socket = socket;
    this.#path = path;
    this.since = path.sweeps;
    socket.on('data', this.#read);
    socket.on('end', this.#end);
    socket.on('error', this.#fail);
    socket.on('close', this.#close);
  }

  handOver(chunk: Buffer | undefined): void {
    const socket = this.#socket;
    socket.off('data', this.#read);
    socket.off('end', this.#end);
    socket.off('error', this.#fail);
    socket.off('close', this.#close);
    this.#path.handOver(this, socket, chunk);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #read = (chunk: Buffer): void => {
    if (this.busy) {
      this.#held = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
      this.#socket.pause();
      return;
    }
    this.busy = true;
    this.used = true;
    if (this.#path.take(chunk, this.#reply)) return;
    this.busy = false;
    this.handOver(chunk);
  };

  readonly #reply: Reply = (status, headers, body) => {
    const socket = this.#socket;
    this.busy = false;
    this.since = this.#path.sweeps;
    if (!socket.writable) return;
    const close = this.#path.draining;
    const head = this.#path.headText(status, headers, close);
    // plain ASCII, the usual case, is one write without a look at each character
    if (typeof body === 'string' && Buffer.byteLength(body) === body.length) socket.write(head + body, 'latin1');
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
    if (close) socket.end();
    else if (this.#held) {
      const held = this.#held;
      this.#held = undefined;
      this.handOver(held);
    }
  };

  readonly #end = (): void => void this.#socket.end();
  /** It closes by itself. */
  readonly #fail = (): void => {};
  readonly #close = (): void => this.#path.ended(this);
}
