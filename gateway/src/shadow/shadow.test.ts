import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { shadowReport } from '@coppice/contract';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { aRow } from '@coppice/testkit/record/databases';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { InferError } from '../versions/infer-error.ts';
import type { InferJob } from '../versions/infer-job.ts';
import { Shadow } from './shadow.ts';

let servers: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
});

/** v1 has all traffic; v2 answers one class on. */
async function setUp(env: Record<string, string> = { SHADOW_VERSION: 'v2' }) {
  const [live, shadow] = [await startOipServer(), await startOipServer({ shift: 1 })];
  const gateway = await startGateway({
    models: [live.url, shadow.url],
    env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', ...env },
  });
  servers.push(gateway, live, shadow);
  const report = async () => shadowReport.parse((await gateway.get('/shadow')).body);
  const count = (agreement: string) =>
    gateway.metric(`shadow_predictions_total{version="v2",agreement="${agreement}"}`);
  return { live, shadow, gateway, report, count };
}

const rowsOf = (server: OipServer) => server.batches.reduce((sum, rows) => sum + rows, 0);

describe('a shadow version', () => {
  it('gets a copy of each recorded prediction, and is compared with the live answer', async () => {
    const { gateway, report, count } = await setUp();
    const first = await gateway.predict(0);
    await gateway.predict(1, {}, { user: 'ann' });
    await gateway.post('/predict', { instances: new Array(8).fill([2, 0]) });
    expect(first.body).toMatchObject({ model_version: 'v1', prediction: 0 });
    const seen = await until(async () => {
      const now = await report();
      expect(now.compared).toBe(10);
      return now;
    });
    expect(seen).toMatchObject({ version: 'v2', agreed: 0, failed: 0, dropped: 0 });
    expect(seen.agreement?.value).toBe(0);
    expect(seen.confusion).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [8, 0, 0],
    ]);
    expect(seen.disagreements).toHaveLength(10);
    expect(seen.disagreements.at(-1)).toMatchObject({
      ...{ prediction_id: first.body.prediction_id, live_version: 'v1', features: [0, 0] },
      ...{ live_class: 'class_0', shadow_class: 'class_1' },
    });
    expect(await count('disagree')).toBe(10);
    expect(await gateway.metric('shadow_latency_seconds_count{version="v2"}')).toBe(10);
  });

  it('is compared with the live version on rows whose class feedback gives, before or after it answers', async () => {
    const { gateway, shadow, report } = await setUp();
    shadow.behave('wait');
    const ids = [];
    for (const first of [0, 1]) ids.push((await gateway.predict(first)).body.prediction_id);
    // the live version is right about the first row, and the shadow about the second
    await gateway.post('/feedback', { prediction_id: ids[0], actual: 'class_0' });
    shadow.behave('answer');
    shadow.release();
    await until(async () => expect((await report()).compared).toBe(2));
    // a partial batch waits for what is to be written
    await gateway.post('/feedback', { feedback: [{ prediction_id: ids[1], actual: 'class_2' }], partial: true });
    const db = new DatabaseSync(join(gateway.dataDir, 'coppice.db'), { readOnly: true });
    const cell = db
      .prepare("SELECT sums FROM cell WHERE metric = 'paired' AND version = 'v1' AND against = 'v2'")
      .get();
    db.close();
    const sums = new Float64Array(Uint8Array.from(cell?.sums as Uint8Array).buffer);
    const total = (part: number) => sums.subarray(64 * part, 64 * (part + 1)).reduce((sum, n) => sum + n, 0);
    expect([0, 1, 2].map(total)).toEqual([2, 1, 1]);
  });

  it('is not counted as traffic, and gets no previews', async () => {
    const { gateway, shadow, report } = await setUp();
    const tried = rowsOf(shadow);
    await gateway.predict(0, {}, { preview: true });
    await gateway.predict(0);
    await until(async () => expect((await report()).compared).toBe(1));
    expect(rowsOf(shadow) - tried).toBe(1);
    expect(await gateway.metric('model_version_requests_total{version="v2"}')).toBe(0);
    expect(await gateway.metric('prediction_requests_total')).toBe(1);
  });

  it('that fails or hangs neither slows nor fails the live answer', async () => {
    const { gateway, shadow, report, count } = await setUp({ SHADOW_VERSION: 'v2', UPSTREAM_TIMEOUT: '30' });
    shadow.behave('error');
    for (let i = 0; i < 10; i++) expect((await gateway.predict(0)).status).toBe(200);
    await until(async () => expect((await report()).failed).toBe(10));
    expect(await count('failed')).toBe(10);
    shadow.behave('hang');
    const startedAt = performance.now();
    expect((await gateway.predict(0)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });

  it('is bounded: what it cannot take is dropped and counted', async () => {
    const { gateway, shadow, report, count } = await setUp();
    shadow.behave('wait');
    const batch = { instances: new Array(1000).fill([1, 0]) };
    for (let i = 0; i < 4; i++) expect((await gateway.post('/predict', batch)).status).toBe(200);
    const dropped = await count('dropped');
    expect(dropped).toBeGreaterThan(0);
    shadow.behave('answer');
    shadow.release();
    await until(async () => {
      const now = await report();
      expect(now.compared + now.dropped).toBe(4000);
    });
  });

  it('can be set at run time; another one starts a new comparison', async () => {
    const { gateway, report } = await setUp({});
    await gateway.predict(0);
    expect(await report()).toMatchObject({ version: null, compared: 0, agreement: null, latency_ms: null });
    await gateway.patch('/config', { shadow: 'v2', reason: 'compare' });
    await gateway.predict(0);
    await until(async () => expect((await report()).compared).toBe(1));
    await gateway.patch('/config', { shadow: null, reason: 'enough' });
    expect(await report()).toMatchObject({ version: null, compared: 0 });
  });

  it('that answers a request itself has nothing to compare', async () => {
    const { gateway, shadow, report } = await setUp();
    const tried = rowsOf(shadow);
    await gateway.predict(0, { 'X-Model-Version': 'v2' });
    await gateway.predict(0);
    await until(async () => expect((await report()).compared).toBe(1));
    expect(rowsOf(shadow) - tried).toBe(2);
  });
});

/** v1 and v2 have so many rows waiting; v3 is the shadow. The test ends its copies. */
type ByHand = { queued?: [number, number]; available?: boolean; required?: string[] };

function setUpByHand({ queued = [0, 0], available = true, required = [] }: ByHand = {}) {
  const copies: InferJob[] = [];
  const versions = [...queued, 0].map((queuedRows, i) => ({
    ...{ name: `v${i + 1}`, available, required, client: { queuedRows } },
    shadowClient: { submit: (copy: InferJob) => void copies.push(copy) },
  }));
  const metrics = new GatewayMetrics({ versions: ['v1', 'v2', 'v3'] });
  const traffic = { shadow: () => 'v3' };
  return { copies, shadow: new Shadow({ traffic, versions, metrics, classes: () => ['a', 'b', 'c'] }) };
}

describe('a copy', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    [0, 0, 1],
    [156, 100, 1],
    [157, 100, 0],
    [100, 157, 0],
  ])('is made while at most 256 rows wait for all versions: with %i and %i there is %i', (v1, v2, made) => {
    const { copies, shadow } = setUpByHand({ queued: [v1, v2] });
    shadow.observe(aRow());
    expect([copies.length, shadow.report().dropped]).toEqual([made, 1 - made]);
  });

  it('is dropped when the shadow is not available', () => {
    const { copies, shadow } = setUpByHand({ available: false });
    shadow.observe(aRow());
    expect([copies.length, shadow.report().dropped]).toEqual([0, 1]);
  });

  it('is not made of a row that lacks what the shadow requires, and is counted nowhere', () => {
    const { copies, shadow } = setUpByHand({ required: ['petal_width', 'colour'] });
    shadow.observe(aRow());
    const columns = ['colour', 'petal_width'];
    shadow.observe(aRow({ columns, features: [null, 1] }));
    expect(copies).toHaveLength(0);
    expect(shadow.report()).toMatchObject({ compared: 0, failed: 0, dropped: 0 });
    shadow.observe(aRow({ columns, features: ['red', 0] }));
    expect(copies).toHaveLength(1);
  });

  it('compares only answers of the release that the shadow serves', () => {
    const { copies, shadow } = setUpByHand();
    shadow.observe(aRow());
    expect([copies[0]?.stays?.(), copies[0]?.stays?.('7')]).toEqual([true, false]);
  });

  it.each([
    ['failed', aRow({ label: -1, probability: null, error: 'timeout' })],
    ['was answered by the shadow itself', aRow({ version: 'v3' })],
  ])('is not made of what %s', (_why, row) => {
    const { copies, shadow } = setUpByHand();
    shadow.observe(row);
    expect([copies.length, shadow.report().dropped]).toEqual([0, 0]);
  });

  it.each([
    ['overload', { dropped: 1, failed: 0 }],
    ['unavailable', { dropped: 1, failed: 0 }],
    ['timeout', { dropped: 0, failed: 1 }],
    ['upstream', { dropped: 0, failed: 1 }],
  ] as const)('that ends by %s counts as %j', (reason, counts) => {
    const { copies, shadow } = setUpByHand();
    shadow.observe(aRow());
    copies[0]?.fail(new InferError(reason));
    expect(shadow.report()).toMatchObject({ compared: 0, ...counts });
  });

  it('is compared by its own row of a batch, and timed', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { copies, shadow } = setUpByHand();
    shadow.observe(aRow({ label: 1 }));
    vi.advanceTimersByTime(250);
    copies[0]?.succeed({ labels: [2, 1], probabilities: [0, 0, 1, 0, 1, 0], classes: 3, release: null }, 1);
    expect(shadow.report()).toMatchObject({ compared: 1, agreed: 1, latency_ms: { p50: 250 } });
  });
});
