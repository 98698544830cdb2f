import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contract from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import { aRow, idAt, openForTest } from '@coppice/testkit/record/databases';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparison } from '../comparison/comparison.ts';
import type { PredictionRecord } from '../record/record.ts';
import { performanceRoutes } from './performance.ts';

const HOUR = 3_600_000;
const EPOCH = { period: 1, weights: { v1: 1, v2: 1 }, releases: {} };
const audit: contract.AuditEntry[] = [];
let directory: string;
let record: PredictionRecord;
let app: Express;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-performance-'));
  const opened = await openForTest({ DATA_DIR: directory });
  record = opened.record;
  const comparison = new Comparison({
    ...{ storage: opened.storage, epoch: { now: EPOCH }, versions: ['v1', 'v2'], shadow: () => null },
    ...{ alpha: 0.05, outcomeGood: 'high', recorded: true, now: Date.now },
  });
  app = express()
    .set('query parser', 'simple')
    .use(performanceRoutes({ record, control: { auditSince: async () => audit }, comparison, apiKey: [] }))
    .use(errorHandler({ error: (...args: unknown[]) => expect.unreachable(`a 500: ${JSON.stringify(args)}`) }));
});
afterAll(async () => {
  await record.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Rows of a version that no other test uses. */
async function recorded(version: string, n: number, changes = {}): Promise<void> {
  for (let i = n - 1; i >= 0; i--) record.append(aRow({ id: idAt(Date.now() - i * 1000), version, ...changes }));
  await record.flush();
}

describe('GET /performance', () => {
  it('reports the last 24 hours by default', async () => {
    await recorded('v7', 3);
    await recorded('v8', 1, { id: idAt(Date.now() - 30 * HOUR) });
    const { body } = await request(app).get('/performance').expect(200);
    const report = contract.performanceReport.parse(body);
    expect(report.versions.find((version) => version.version === 'v7')?.n).toBe(3);
    expect(report.versions.some((version) => version.version === 'v8')).toBe(false);
    const longer = await request(app).get('/performance?since=2d').expect(200);
    expect(longer.body.versions.find((version: { version: string }) => version.version === 'v8').n).toBe(1);
  });

  it('says when the split or a model changed in the period, and from when on the figures compare the versions', async () => {
    const start = Date.now() - 20 * 60_000;
    const report = async (query: string) =>
      contract.performanceReport.parse((await request(app).get(`/performance?${query}`).expect(200)).body);
    await recorded('v11', 1, { id: idAt(start), release: 'a'.repeat(64) });
    await recorded('v11', 1, { id: idAt(start + 60_000), release: 'a'.repeat(64) });
    expect(await report('since=1h')).toMatchObject({ comparable: true, changes: [], comparable_since: null });

    await recorded('v11', 1, { id: idAt(start + 120_000), release: 'b'.repeat(64), source: 'page' });
    expect(await report('since=1h')).toMatchObject({ comparable: true });
    await recorded('v11', 1, { id: idAt(start + 240_000), release: 'b'.repeat(64) });
    expect(await report('since=1h')).toMatchObject({
      ...{
        comparable: false,
        changes: [{ time: new Date(start + 240_000).toISOString(), what: 'model', version: 'v11' }],
      },
    });

    const time = new Date(start + 360_000).toISOString();
    const [from, to] = [
      { v1: 1, v2: 1 },
      { v1: 9, v2: 1 },
    ].map((weights) => ({ weights, shadow: null }));
    audit.push({ id: 1, time, revision: 2, who: 'admin', action: 'weights', reason: 'x', from, to });
    const spanning = await report('since=1h');
    expect(spanning).toMatchObject({ comparable: false, changes: [{ time, what: 'weights' }, { what: 'model' }] });
    expect(await report(`since=${spanning.comparable_since}`)).toMatchObject({ comparable: true, changes: [] });
    audit.length = 0;
  });

  it('shows epochs apart, and compares the versions within them', async () => {
    // 50/50 at night and 10/90 by day, when both fail less often
    const weights = [
      { v1: 50, v2: 50 },
      { v1: 10, v2: 90 },
    ];
    const rows = [
      { v1: [1000, 200], v2: [1000, 205] },
      { v1: [200, 4], v2: [1800, 40] },
    ];
    const from = Date.now() - 50 * HOUR;
    weights.forEach((both, e) => {
      const epoch = { period: from + e, weights: both, releases: {} };
      for (const [version, [n, failed]] of Object.entries(rows[e] as unknown as Record<string, [number, number]>))
        for (let i = 0; i < n; i++) {
          const failure = i < failed ? { label: -1, error: 'timeout', probability: [] } : {};
          const id = idAt(from + e * HOUR + i * 1000);
          record.append(aRow({ ...{ id, version, assigned: version, epoch, bucket: i % 64 }, ...failure }));
        }
    });
    await record.flush();
    const path = `/performance?since=${new Date(from - HOUR).toISOString()}&until=${new Date(from + 5 * HOUR).toISOString()}`;
    const { epochs, comparison, words } = contract.performanceReport.parse(
      (await request(app).get(path).expect(200)).body,
    );
    expect(epochs.map(({ versions }) => versions.map(({ assigned, errors }) => [assigned, errors]))).toEqual([
      [
        [1000, 200],
        [1000, 205],
      ],
      [
        [200, 4],
        [1800, 40],
      ],
    ]);
    expect(words).toBe(
      'The period spans 2 epochs: weights or releases changed, so figures of the whole period do not compare the versions; those within epochs do.',
    );
    // pooled, v1 fails in 17 % and v2 in 9 %
    expect(comparison?.candidates[0]).toMatchObject({
      risks: [{ metric: 'errors', verdict: 'no difference seen', candidate: { n: 2800, events: 245 } }],
    });
    expect(comparison?.candidates[0]?.risks[0]?.difference).toBeCloseTo(0.0043, 3);
    const later = await request(app).get('/performance?since=1h').expect(200);
    expect(later.body).toMatchObject({ epochs: [], comparison: null });
  });

  it('reports the day before an end without a beginning', async () => {
    const { body } = await request(app).get('/performance?until=2026-01-02T00:00:00Z').expect(200);
    expect([body.since, body.until]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
  });

  it.each(['since=x', 'since=1h&until=2h', 'version=v1'])('refuses ?%s', async (query) => {
    expect((await request(app).get(`/performance?${query}`)).status).toBe(400);
  });
});
