import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contract from '@coppice/contract';
import { aRow, idAt, openForTest } from '@coppice/testkit/record/databases';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashUser } from '../accounting/each-row.ts';
import { predictionsRoutes } from './predictions.ts';

let stop: () => Promise<void>;
let app: Express;
/** Newest first. */
let ids: string[];

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-search-'));
  const { record } = await openForTest({ DATA_DIR: directory });
  const rows = [
    { source: 'page' as const, features: [7, 3, 4, 1] },
    { userHash: hashUser('customer-1'), probability: [0.2, 0.55, 0.25], features: [4.5, 3, 4, 1] },
    { features: [5.5, 3, 4, 1] },
    { features: [6.5, 3, 4, 1] },
  ].map((changes, i) => aRow({ id: idAt(Date.now() - 1000 * i), ...changes }));
  for (const row of rows) record.append(row);
  ids = rows.map(({ id }) => id);
  await record.addFeedback([
    { prediction_id: ids[2] as string, actual: 'versicolor' },
    { prediction_id: ids[3] as string, actual: 'setosa' },
  ]);
  record.addShadowAnswer({ id: ids[0] as string, version: 'v2', class: 'versicolor' });
  record.addShadowAnswer({ id: ids[3] as string, version: 'v2', class: 'setosa' });
  await record.flush();
  app = express()
    .set('query parser', 'simple')
    .use(predictionsRoutes({ record, shadow: { forget: () => {} }, admin: [] }));
  stop = async () => {
    await record.close();
    rmSync(directory, { recursive: true, force: true });
  };
});
afterAll(() => stop());

describe.each([
  ['source=page', [0]],
  ['source=api', [1, 2, 3]],
  ['user=customer-1', [1]],
  ['correct=true', [2]],
  ['correct=false', [3]],
  ['disagree=true', [3]],
  ['disagree=false', [0]],
  ['max_probability=0.6', [1]],
  ['feature=sepal_length&min=5&max=6', [2]],
  ['feature=sepal_length&min=5', [0, 2, 3]],
  ['feature=sepal_length&value=4.5', [1]],
])('GET /predictions?%s', (query, expected) => {
  const wanted = () => expected.map((i) => ids[i]);

  it('answers the rows that match, and their number', async () => {
    const { body } = await request(app).get(`/predictions?${query}&count=true`).expect(200);
    const { predictions, next_cursor, total } = contract.historyPage.parse(body);
    expect(predictions.map(({ prediction_id }) => prediction_id)).toEqual(wanted());
    expect([next_cursor, total]).toEqual([null, { rows: expected.length, exact: true }]);
  });

  it.each(['csv', 'ndjson'])('exports them as %s', async (format) => {
    const { body } = await request(app).get(`/predictions?${query}&format=${format}`).responseType('blob').expect(200);
    expect(String(body).match(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g)).toEqual(wanted());
  });
});

it('says what the shadow version answered only where the query says disagree', async () => {
  const rows = async (query: string) =>
    contract.historyPage.parse((await request(app).get(`/predictions?${query}`).expect(200)).body).predictions;
  expect((await rows('disagree=true')).map(({ shadow }) => shadow)).toEqual([{ version: 'v2', class: 'setosa' }]);
  expect((await rows('limit=10')).filter((row) => 'shadow' in row)).toEqual([]);
});

it('counts only when it is asked to', async () => {
  const { body } = await request(app).get('/predictions').expect(200);
  expect(Object.keys(body)).toEqual(['predictions', 'next_cursor']);
});
