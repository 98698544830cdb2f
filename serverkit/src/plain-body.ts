import type { IncomingMessage } from 'node:http';

/** Whether a request's body is of the common kind: it has a length, which is told and at most `limit`, and no encoding. */
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
 * Reads a body of that kind, without the streams and closures by which body-parser reads any. `done` is called once the
 * whole body is there; never when the client goes away before.
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
    // the listeners live as long as the request, which may wait for an answer now
    first = more = undefined;
    done(body);
  });
}

const empty = Buffer.alloc(0);
