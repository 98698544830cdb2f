import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contract from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import { aRow, idAt, openForTest, SCHEMA } from '@coppice/testkit/record/databases';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../record/record.ts';
import { translateErrors } from './client-errors.ts';
import { feedbackRoutes } from './feedback.ts';
import { performanceRoutes } from './performance.ts';
import { predictionsRoutes } from './predictions.ts';

const HOUR = 3_600_000;
let directory: string;
let record: PredictionRecord;
let app: Express;

function appOver(kept: PredictionRecord): Express {
  return express()
    .set('query parser', 'simple')
    .use(predictionsRoutes({ record: kept, shadow: { forget: () => {} }, admin: [] }))
    .use(
      feedbackRoutes({
        record: kept,
        schema: () => SCHEMA,
        feedbackReceived: () => {},
      }),
    )
    .use(
      performanceRoutes({
        record: kept,
        control: { auditSince: async () => [] },
        comparison: { ofPeriod: async () => ({ epochs: [], comparison: null }) },
        apiKey: [],
      }),
    )
    .use(translateErrors)
    .use(errorHandler({ error: (...args: unknown[]) => expect.unreachable(`a 500: ${JSON.stringify(args)}`) }));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-endpoints-'));
  ({ record } = await openForTest({ DATA_DIR: directory }));
  app = appOver(record);
});
afterAll(async () => {
  await record.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Rows of a version that no other test uses, newest first. */
async function recorded(version: string, n: number, changes = {}): Promise<string[]> {
  const rows = Array.from({ length: n }, (_, i) => aRow({ id: idAt(Date.now() - i * 1000), version, ...changes }));
  for (const row of rows.toReversed()) record.append(row);
  await record.flush();
  return rows.map((row) => row.id);
}

const answered = ({ status, headers }: request.Response) => [
  status,
  headers['content-type']?.split(';')[0],
  headers['content-disposition'],
];

describe('GET /predictions', () => {
  it('pages through the history, newest first', async () => {
    const ids = await recorded('pages', 5);
    const first = await request(app).get('/predictions?version=pages&limit=3').expect(200);
    expect(first.headers['cache-control']).toBe('no-store');
    const page = contract.historyPage.parse(first.body);
    const second = await request(app).get(`/predictions?version=pages&limit=3&cursor=${page.next_cursor}`).expect(200);
    const rest = contract.historyPage.parse(second.body);
    expect([...page.predictions, ...rest.predictions].map((row) => row.prediction_id)).toEqual(ids);
    expect(rest.next_cursor).toBeNull();
  });

  it('returns 100 rows by default', async () => {
    await recorded('default', 120);
    const { body } = await request(app).get('/predictions?version=default').expect(200);
    expect(body.predictions).toHaveLength(100);
  });

  it('takes times as ISO 8601 and as how long ago', async () => {
    await recorded('times', 1);
    await recorded('times', 1, { id: idAt(Date.now() - 2 * HOUR) });
    const count = async (query: string) =>
      (await request(app).get(`/predictions?version=times&${query}`).expect(200)).body.predictions.length;
    const anHourAgo = new Date(Date.now() - HOUR).toISOString();
    expect(await count('since=1h')).toBe(1);
    expect(await count(`since=${anHourAgo}`)).toBe(1);
    expect(await count('until=60m')).toBe(1);
    expect(await count('since=1d')).toBe(2);
    expect(await count('until=2026-01-01T00:00:00%2B01:00')).toBe(0);
  });

  it.each([
    ['limit=0', '/limit of the query must be at least 1.'],
    ['limit=1001', '/limit of the query must be at most 1000.'],
    ['limit=ten', '/limit of the query must be a number.'],
    ['route=preview', '/route of the query must be one of pinned, sticky, weighted, failover.'],
    ['since=yesterday', '/since of the query must be a time in ISO 8601'],
    ['until=1.5h', '/until of the query must be a time in ISO 8601'],
    ['since=1h&until=2h', '/since of the query must be a time before until.'],
    ['cursor=abc', '/cursor of the query must be the next_cursor of a page.'],
    ['format=xml', '/format of the query must be one of json, csv, ndjson.'],
    ['colour=red', '/colour of the query is not a known field.'],
    ['version=a&version=b', '/version of the query must be text.'],
    ['format=csv&cursor=AaHlXzYAfliKio8-DXtCHw', 'csv comes whole, without cursor'],
    ['format=csv&count=true', 'csv has no place for a count: ask for JSON.'],
    ['source=me', '/source of the query must be one of api, page.'],
    ['correct=maybe', '/correct of the query must be one of true, false.'],
    ['max_probability=0', '/max_probability of the query must be above 0.'],
    ['max_probability=60', '/max_probability of the query must be at most 1.'],
    ['after=abc', '/after of the query must be a UUID.'],
    ['min=3', '/feature of the query is missing.'],
    ['feature=age', '/feature of the query must come with min or max, or with value.'],
    ['feature=age&min=3&value=4', '/feature of the query must come with min or max, or with value.'],
    ['feature=age&min=old', '/min of the query must be a number, or a date such as 2026-01-31.'],
    ['feature=age&min=3&max=2026-01-31', '/min of the query must be a number if max is one, or a date if max is one.'],
    ['feature=age&min=3&max=2', '/min of the query must be at most max.'],
  ])('refuses ?%s', async (query, detail) => {
    const { body } = await request(app)
      .get(`/predictions?${query}`)
      .expect(400)
      .expect('Content-Type', /problem\+json/);
    expect(contract.problem.parse(body).detail).toContain(detail);
  });

  it.each([
    ['/predictions?version=csv&format=csv', {}],
    ['/predictions?version=csv', { Accept: 'text/csv' }],
  ])('streams CSV for %s %j', async (path, headers) => {
    const [id] = await recorded('csv', 1);
    const { text, headers: answered } = await request(app).get(path).set(headers).expect(200);
    expect(answered['content-type']).toBe('text/csv; charset=utf-8');
    expect(answered['content-disposition']).toContain('predictions.csv');
    expect(text.split('\r\n')[0]).toContain('sepal_length');
    expect(text).toContain(id);
  });

  it.each(['text/html,application/xhtml+xml,*/*;q=0.8', '*/*', 'application/json'])(
    'answers JSON to Accept: %s',
    async (accept) => {
      const { headers } = await request(app).get('/predictions').set('Accept', accept).expect(200);
      expect(headers['content-type']).toMatch(/json/);
    },
  );

  it('returns all rows of a large export, each once', async () => {
    const ids = await recorded('large', 3500);
    const { text } = await request(app).get('/predictions?version=large&format=csv').expect(200);
    const lines = text.trimEnd().split('\r\n').slice(1);
    expect(lines.map((line) => line.slice(0, 36))).toEqual(ids);
    for (const limit of [3, 1000, 2500, 9000]) {
      const path = `/predictions?version=large&format=csv&limit=${limit}`;
      const part = (await request(app).get(path).expect(200)).text.trimEnd().split('\r\n').slice(1);
      expect(part.map((line) => line.slice(0, 36))).toEqual(ids.slice(0, limit));
    }
  });

  it.each([
    ['/predictions?version=ndjson&format=ndjson&limit=2', {}],
    ['/predictions?version=ndjson&limit=2', { Accept: 'application/x-ndjson' }],
  ])('streams NDJSON for %s %j: the rows that JSON has, one a line', async (path, headers) => {
    await recorded('ndjson', 3, { reference: 'a\nb' });
    const answer = await request(app)
      .get(path)
      .set(headers)
      .buffer(true)
      .parse((res, done) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => done(null, text));
      });
    expect(answered(answer)).toEqual([200, 'application/x-ndjson', 'attachment; filename="predictions.ndjson"']);
    const rows = String(answer.body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { body } = await request(app).get('/predictions?version=ndjson&limit=2');
    expect(rows).toEqual(body.predictions);
  });
});

describe('GET /predictions/:id', () => {
  it('returns a prediction that was answered a moment ago', async () => {
    const row = aRow();
    record.append(row);
    const { body } = await request(app).get(`/predictions/${row.id}`).expect(200);
    expect(contract.historyRow.parse(body).prediction_id).toBe(row.id);
  });

  it('distinguishes an unknown id from an invalid one', async () => {
    expect((await request(app).get(`/predictions/${randomUUIDv7()}`)).status).toBe(404);
    expect((await request(app).get('/predictions/1')).status).toBe(400);
  });
});

it('answers 503, and never 500, while the database is down', async () => {
  const away = mkdtempSync(join(tmpdir(), 'coppice-away-'));
  writeFileSync(join(away, 'data'), 'in the way');
  const opened = await openForTest({ DATA_DIR: join(away, 'data') });
  const without = appOver(opened.record);
  const feedback = { prediction_id: randomUUIDv7(), actual: 'setosa' };
  const answers = [
    request(without).get('/predictions'),
    request(without).get('/predictions?format=csv'),
    request(without).get(`/predictions/${randomUUIDv7()}`),
    request(without).get('/performance'),
    request(without).post('/feedback').send(feedback),
  ];
  for (const answer of answers) {
    const { body } = await answer
      .expect(503)
      .expect('Retry-After', '1')
      .expect('Content-Type', /problem\+json/);
    expect(JSON.stringify(body)).not.toContain(away);
  }
  await opened.record.close();
  rmSync(away, { recursive: true, force: true });
});
