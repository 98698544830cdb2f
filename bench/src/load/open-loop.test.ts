import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openLoop } from './open-loop.ts';
import { predictTarget } from './target.ts';

const rows = [{ features: [1, 2], label: 1 }];
const servers: ReturnType<typeof createServer>[] = [];

async function target(answer: (n: number) => { delayMs: number; label: number; status?: number }) {
  let n = 0;
  const server = createServer((_req, res) => {
    const { delayMs, label, status = 200 } = answer(n++);
    setTimeout(() => res.writeHead(status).end(JSON.stringify({ prediction: label })), delayMs);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return predictTarget({ name: 't', label: 'T', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('load at a fixed rate', () => {
  it('counts the time that a request waits before it is sent', async () => {
    // one connection; the first answer takes 300 ms, in which 29 others become due
    const slowFirst = await target((n) => ({ delayMs: n === 0 ? 300 : 0, label: 1 }));
    const { sent, p50, max } = await openLoop(slowFirst, { rate: 100, seconds: 0.5, rows, connections: 1 });
    expect(sent).toBe(50);
    expect(max).toBeGreaterThan(290);
    // only one answer was slow, but more than half of the requests waited for it
    expect(p50).toBeGreaterThan(40);
  });

  it('refuses wrong answers, however fast', async () => {
    const wrong = await target(() => ({ delayMs: 0, label: 2 }));
    await expect(openLoop(wrong, { rate: 100, seconds: 0.1, rows })).rejects.toThrow('wrong label');
    const failing = await target(() => ({ delayMs: 0, label: 1, status: 503 }));
    await expect(openLoop(failing, { rate: 100, seconds: 0.1, rows })).rejects.toThrow('answered 503');
  });
});
