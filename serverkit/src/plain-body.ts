import type { IncomingMessage } from 'node:http';

/** Whether a request's body is plain: it has a `Content-Length` of at most `limit` and no encoding. */
export function hasPlainBody({ headers }: Pick<IncomingMessage, 'headers'>, limit: number): boolean {
  const length = Number(headers['content-length']);
  return (
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    length > 0 &&
    length <= limit
  );
}

/**
 * Reads a plain body, without the streams and closures that body-parser needs to read any body. Calls `done` once the
 * whole body is there; never if the client disconnects before.
 */
export function readPlainBody(req: IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  req.on('data', (chunk: Buffer) => {
    if (!first) first = chunk;
    else {
      more ??= [first];
      more.push(chunk);
    }
  });
  req.on('end', () => {
    const body = more ? Buffer.concat(more) : (first ?? empty);
    // the listeners live as long as the request, which may now wait for its answer
    first = more = undefined;
    done(body);
  });
}

const empty = Buffer.alloc(0);
