import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contract from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import { aRow, idAt, openForTest, SCHEMA } from '@coppice/testkit/record/databases';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../record/record.ts';
import type { FeedbackOutcome } from '../storage/port/feedback.ts';
import type { Schema } from '../storage/port/record-store.ts';
import { translateErrors } from './client-errors.ts';
import { feedbackRoutes } from './feedback.ts';
import { performanceRoutes } from './performance.ts';
import { predictionsRoutes } from './predictions.ts';

const HOUR = 3_600_000;
const outcomes: FeedbackOutcome[] = [];
let schema: Schema = SCHEMA;
let directory: string;
let record: PredictionRecord;
let app: Express;

function appOver(kept: PredictionRecord): Express {
  return express()
    .set('query parser', 'simple')
    .use(predictionsRoutes({ record: kept }))
    .use(
      feedbackRoutes({
        record: kept,
        schema: () => schema,
        feedbackReceived: (outcome) => void outcomes.push(outcome),
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
beforeEach(() => {
  outcomes.length = 0;
  schema = SCHEMA;
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

describe('POST /feedback', () => {
  const post = (body: object) => request(app).post('/feedback').send(body);

  it('takes one, idempotently, and shows whether the prediction was correct', async () => {
    const [prediction_id] = (await recorded('v1', 1)) as [string];
    const { body } = await post({ prediction_id, actual: 'versicolor' }).expect(200);
    expect(contract.feedbackAnswer.parse(body)).toEqual({
      feedback: [
        {
          ...{ prediction_id, model_version: 'v1', correct: true, replaced: false },
          ...{ counted: 'new', counted_outcome: null },
        },
      ],
    });
    const again = await post({ prediction_id, actual: 'setosa' }).expect(200);
    expect(again.body.feedback[0]).toMatchObject({ correct: false, replaced: true, counted: 'changed' });
    const same = await post({ prediction_id, actual: 'setosa' }).expect(200);
    expect(same.body.feedback[0]).toMatchObject({ correct: false, replaced: false, counted: 'same' });
    expect(outcomes.map(({ correct, previous }) => [correct, previous])).toEqual([
      [true, null],
      [false, true],
      [false, false],
    ]);
  });

  it('takes a number for a class whose name is that number', async () => {
    schema = { ...SCHEMA, classes: ['0', '1', '2.0', ''] };
    const [prediction_id] = (await recorded('v1', 1)) as [string];
    for (const [actual, kept] of [
      [1, '1'],
      ['1', '1'],
      [2, '2.0'],
      [0, '0'],
    ]) {
      await post({ prediction_id, actual }).expect(200);
      expect((await record.find(prediction_id))?.actual).toBe(kept);
    }
    for (const actual of [3, '2', 1.5, '01', ' ']) await post({ prediction_id, actual }).expect(400);
  });

  it('takes a batch, all or nothing, and points at unknown ids', async () => {
    const [known] = (await recorded('v1', 1)) as [string];
    const unknown = randomUUIDv7();
    const item = (prediction_id: string, actual = 'setosa') => ({ prediction_id, actual });
    const missing = await post({ feedback: [item(known), item(unknown)] }).expect(404);
    expect(missing.body.errors).toEqual([
      {
        pointer: '/feedback/1/prediction_id',
        detail: `names no answered prediction that the record has: ${unknown}`,
      },
    ]);
    const wrong = await post({ feedback: [item(known), item(known, 'rosa')] }).expect(400);
    expect(wrong.body.detail).toBe('/feedback/1/actual of the body must be one of setosa, versicolor, virginica.');
    expect(outcomes).toEqual([]);
    expect((await record.find(known))?.actual).toBeNull();
    await post({ feedback: [item(known)] }).expect(200);
  });

  it.each([
    [{}, /must name its prediction by prediction_id or by reference/],
    [{ prediction_id: randomUUIDv7() }, /must hold actual, outcome or both/],
    [{ prediction_id: randomUUIDv7(), reference: 'a', actual: 'setosa' }, /one of the two/],
    [{ reference: '', actual: 'setosa' }, /reference of the body must not be empty/],
    [{ reference: 'x'.repeat(129), actual: 'setosa' }, /at most 128/],
    [{ prediction_id: randomUUIDv7(), outcome: '1' }, /must be a number/],
    [{ prediction_id: randomUUIDv7(), outcome: null }, /must be a number/],
    [{ prediction_id: randomUUIDv7(), outcome: 1e101 }, /must be at most/],
    [{ feedback: [{ reference: 'a' }] }, /feedback.0 of the body must hold actual/],
    [{ feedback: [{ reference: 'a', outcome: 0 }], partial: 1 }, /true or false/],
    [{ prediction_id: 'x', actual: 'setosa' }, /must be a UUID/],
    [{ prediction_id: randomUUIDv7(), actual: 1 }, /must be one of setosa/],
    [{ prediction_id: randomUUIDv7(), actual: true }, /must be text/],
    [{ prediction_id: randomUUIDv7(), actual: null }, /must be text/],
    [{ prediction_id: randomUUIDv7(), actual: 'setosa', extra: 1 }, /is not a known field/],
    [{ feedback: [] }, /at least 1/],
    [{ feedback: new Array(1001).fill({ prediction_id: randomUUIDv7(), actual: 'setosa' }) }, /at most 1000/],
  ])('refuses %j', async (body, detail) => {
    const answer = await post(body)
      .expect(400)
      .expect('Content-Type', /problem\+json/);
    expect(answer.body.detail).toMatch(detail);
  });

  it('is 404 for one unknown id, 503 before a model card is known', async () => {
    const body = { prediction_id: randomUUIDv7(), actual: 'setosa' };
    expect((await post(body).expect(404)).body.detail).toContain(body.prediction_id);
    schema = null;
    await post(body).expect(503).expect('Retry-After', '1');
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
