import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { hasPlainBody, readPlainBody } from './plain-body.ts';
import { serve } from './serve.ts';

it.each([
  [{ 'content-length': '5' }, true],
  [{ 'content-length': '6' }, false],
  [{ 'content-length': '0' }, false],
  [{}, false],
  [{ 'content-length': '5', 'content-encoding': 'gzip' }, false],
  [{ 'transfer-encoding': 'chunked' }, false],
])('tells by the headers %o whether a body is plain: %o', (headers, plain) => {
  expect(hasPlainBody({ headers }, 5)).toBe(plain);
});

it('reads a body whole, in however many pieces it comes, and nothing of a client that goes away', async () => {
  const read = vi.fn<(body: string) => void>();
  const begun = vi.fn();
  const { port, server, drain } = await serve(
    (req, res) => {
      begun();
      readPlainBody(req, (body) => {
        read(body.toString());
        res.end();
      });
    },
    { port: 0, host: '127.0.0.1' },
  );
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';
  for (const pieces of [[`${head}123456789`], [head, '123', '456', '789']]) {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    for (const piece of pieces) await new Promise((sent) => socket.write(piece, sent));
    await once(socket, 'data');
    socket.destroy();
  }
  expect(read.mock.calls).toEqual([['123456789'], ['123456789']]);
  const gone = connect(port, '127.0.0.1');
  gone.write(`${head}123`);
  await vi.waitFor(() => expect(begun).toHaveBeenCalledTimes(3));
  const closed = once(server, 'close');
  gone.destroy();
  await drain(0);
  await closed;
  expect(read).toHaveBeenCalledTimes(2);
});
