import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClosedLoop } from './closed-loop.ts';
import { predictTarget } from './target.ts';

const rows = [
  { features: [1, 2], label: 1 },
  { features: [3, 4], label: 2 },
];
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function loop(connections: number, labelOf: (features: number[], n: number) => number | undefined) {
  const seen = { requests: 0, underWay: 0, most: 0, sockets: new Set<unknown>() };
  const server = createServer(async (req, res) => {
    seen.sockets.add(req.socket);
    seen.most = Math.max(seen.most, ++seen.underWay);
    let body = '';
    for await (const chunk of req) body += chunk;
    const label = labelOf(JSON.parse(body).features, ++seen.requests);
    setTimeout(() => {
      seen.underWay--;
      res.writeHead(label === undefined ? 503 : 200).end(JSON.stringify({ prediction: label }));
    }, 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = new ClosedLoop(predictTarget({ name: 't', label: 'T', url }), { connections, rows });
  opened.push(server, load);
  return { load, seen };
}

const right = ([first]: number[]) => (first === 1 ? 1 : 2);

describe('load of a fixed number of requests', () => {
  it('sends exactly so many, on as many connections, and again on the same', async () => {
    const { load, seen } = await loop(4, right);
    await load.send(101);
    expect(seen.requests).toBe(101);
    expect(seen.most).toBe(4);
    await load.send(50);
    expect(seen.requests).toBe(151);
    expect(seen.sockets.size).toBe(4);
  });

  it('sends no more than it shall when there are more connections', async () => {
    const { load, seen } = await loop(8, right);
    await load.send(3);
    expect(seen.requests).toBe(3);
  });

  it('looks at every status and every label', async () => {
    const wrong = await loop(2, (features, n) => (n === 30 ? 0 : right(features)));
    await expect(wrong.load.send(100)).rejects.toThrow('wrong label');
    const failing = await loop(2, (features, n) => (n === 30 ? undefined : right(features)));
    await expect(failing.load.send(100)).rejects.toThrow('T answered 503');
    expect(failing.seen.requests).toBeLessThan(35);
  });
});
