import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHead } from './read-head.ts';

const LINE = 'POST /predict HTTP/1.1';
const plain = ['Host: gateway:5000', 'Content-Type: application/json', 'Content-Length: 2'];
const read = (...lines: string[]) => readHead([LINE, ...lines].join('\r\n'), LINE);

it('reads names in lower case and values without the spaces around them', () => {
  expect(read('HOST: a', 'content-length:2', 'X-User-Id:   ann b  ', 'Connection: Keep-Alive')).toEqual({
    headers: { host: 'a', 'content-length': '2', 'x-user-id': 'ann b', connection: 'Keep-Alive' },
    length: 2,
  });
});

it.each([
  ['another request line', readHead(['POST /predict?x HTTP/1.1', ...plain].join('\r\n'), LINE)],
  ['HTTP/1.0', readHead(['POST /predict HTTP/1.0', ...plain].join('\r\n'), LINE)],
  ['no Host', read('Content-Length: 2')],
  ['two of a header', read(...plain, 'host: b')],
  ['two lengths', read(...plain, 'Content-Length: 2')],
  ['a signed length', read('Host: a', 'Content-Length: +2')],
  ['a length in hexadecimal', read('Host: a', 'Content-Length: 0x2')],
  ['a list of lengths', read('Host: a', 'Content-Length: 2, 2')],
  ['no length', read('Host: a')],
  ['chunks', read(...plain, 'Transfer-Encoding: chunked')],
  ['an expectation', read(...plain, 'Expect: 100-continue')],
  ['another protocol', read(...plain, 'Upgrade: h2c')],
  ['the end of the connection', read(...plain, 'Connection: close')],
  ['hop-by-hop headers', read(...plain, 'Connection: keep-alive, x')],
  ['an encoded body', read(...plain, 'Content-Encoding: gzip')],
  ['a space before the colon', read(...plain, 'X-A : b')],
  ['a tab', read(...plain, 'X-A:\tb')],
  ['a folded line', read(...plain, 'X-A: b', ' c')],
  ['a line feed alone', read(...plain, 'X-A: b\nX-B: c')],
  ['a carriage return alone', read(...plain, 'X-A: b\rX-B: c')],
  ['a byte above ASCII', read(...plain, 'X-A: ü')],
  ['a control character', read(...plain, 'X-A: \0')],
  ['an empty value', read(...plain, 'X-A:')],
  ['no name', read(...plain, ': x')],
  ['no colon', read(...plain, 'x')],
  ['many headers', read(...plain, ...Array.from({ length: 50 }, (_, i) => `X-${i}: a`))],
])('leaves %s to another parser', (_what, head) => {
  expect(head).toBeNull();
});

describe('what it reads', () => {
  let seen: (IncomingMessage & { body?: string })[] = [];
  const server = createServer(async (req: IncomingMessage & { body?: string }, res) => {
    seen.push(req);
    req.body = (await req.setEncoding('latin1').toArray()).join('');
    res.end();
  });
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void server.close());

  it("Node's parser reads in the same way, whatever the bytes are", async () => {
    const word = fc.stringMatching(/^[!-~]{1,8}$/);
    const name = fc.oneof(
      fc.constantFrom('Host', 'host', 'Content-Length', 'Connection', 'Transfer-Encoding', 'X-User-Id', '__proto__'),
      word,
    );
    const value = fc.oneof(
      fc.constantFrom('a', '2', '02', ' 2', '2 ', 'keep-alive', 'close', 'chunked', ''),
      fc.string({ unit: 'binary-ascii', maxLength: 6 }),
    );
    const line = fc.tuple(name, fc.constantFrom(':', ': ', ' :', ':\t', ''), value).map((parts) => parts.join(''));
    const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r');
    const lines = fc.array(fc.tuple(fc.oneof({ weight: 3, arbitrary: fc.constantFrom('X-A: b') }, line), end), {
      maxLength: 4,
    });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 0, max: 4 }), async (extra, at) => {
        const all = [LINE, ...plain].map((one) => [one, '\r\n']);
        all.splice(1 + Math.min(at, plain.length), 0, ...extra);
        const text = all.flat().join('');
        const head = text.endsWith('\r\n') ? readHead(text.slice(0, -2), LINE) : null;
        if (head === null) return;
        taken++;
        seen = [];
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        socket.write(`${text}\r\n{}`, 'latin1');
        const answered = once(socket, 'data');
        expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 200 /);
        socket.destroy();
        expect(seen.map(({ url, headers, body }) => ({ url, headers: { ...headers }, body }))).toEqual([
          { url: '/predict', headers: { ...head.headers }, body: '{}' },
        ]);
        expect(head.length).toBe(2);
      }),
      { seed: 7, numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
