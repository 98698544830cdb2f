import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server between the gateway and a version's, which can begin to fail, or to hang, a share of the inferences. */
export async function startFlawedProxy(target: string) {
  let failing = 0;
  let hanging = 0;
  let n = 0;
  const server = createServer((req, res) => {
    const inference = req.method === 'POST';
    if (inference) n++;
    // evenly spread, so that a share of a tenth is each tenth one
    const hits = (share: number) => inference && Math.floor(n * share) > Math.floor((n - 1) * share);
    if (hits(hanging)) return void req.resume();
    if (hits(failing)) {
      req
        .resume()
        .on('end', () => res.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"flawed"}'));
      return;
    }
    const { method, url, headers } = req;
    const passed = request(target + url, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    passed.on('error', () => res.destroy());
    req.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on this share of the inferences, 0–1, fails with a 500. */
    fail(share: number) {
      failing = share;
    },
    /** From now on this share of the inferences, 0–1, is never answered. */
    hang(share: number) {
      hanging = share;
    },
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
