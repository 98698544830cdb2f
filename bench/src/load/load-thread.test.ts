import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { irisRows } from './common-rows.ts';
import { startLoad } from './load-thread.ts';

const labels = new Map(irisRows().map(({ features, label }) => [features.join(), label]));

/** Knows every row of the Iris data; `failing`: answers 503 to single rows from then on. */
async function knowing() {
  const state = { failing: false };
  const answer: RequestListener = async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    const { features, instances = [] } = JSON.parse(body) as { features?: number[]; instances?: number[][] };
    const of = (row: number[]) => ({ prediction: labels.get(row.join()) });
    res.writeHead(features && state.failing ? 503 : 200);
    res.end(JSON.stringify(features ? of(features) : { predictions: instances.map(of) }));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('measures the capacity, then sends at a share of it for each period', async () => {
  const { url } = await knowing();
  const { capacity, nextResult } = await startLoad({ url, share: 0.1, requests: 500, periods: [0.2, 0.4] });
  expect(capacity).toBeGreaterThan(0);
  for (const seconds of [0.2, 0.4]) {
    const { sent, p999, lateP99 } = await nextResult();
    expect(sent).toBe(Math.round(0.1 * capacity * seconds));
    expect(p999).toBeGreaterThanOrEqual(lateP99);
  }
  await expect(nextResult()).rejects.toThrow('no more results');
});

it('ends with the fault of the first wrong answer', async () => {
  const { state, url } = await knowing();
  const { nextResult } = await startLoad({ url, share: 0.1, requests: 500, periods: [0.5] });
  state.failing = true;
  await expect(nextResult()).rejects.toThrow('answered 503');
});
