import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contract from '@coppice/contract';
import { errorHandler } from '@coppice/serverkit';
import { aRow, openForTest, SCHEMA } from '@coppice/testkit/record/databases';
import express, { type Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../record/record.ts';
import type { FeedbackOutcome } from '../storage/port/feedback.ts';
import type { Schema } from '../storage/port/record-store.ts';
import { translateErrors } from './client-errors.ts';
import { feedbackRoutes } from './feedback.ts';

const outcomes: FeedbackOutcome[] = [];
let schema: Schema = SCHEMA;
let directory: string;
let record: PredictionRecord;
let app: Express;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-feedback-'));
  ({ record } = await openForTest({ DATA_DIR: directory }));
  app = express()
    .use(feedbackRoutes({ record, schema: () => schema, feedbackReceived: (outcome) => void outcomes.push(outcome) }))
    .use(translateErrors)
    .use(errorHandler({ error: (...args: unknown[]) => expect.unreachable(`a 500: ${JSON.stringify(args)}`) }));
});
afterAll(async () => {
  await record.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  outcomes.length = 0;
  schema = SCHEMA;
});

async function recorded(n: number, changes = {}): Promise<string[]> {
  const rows = Array.from({ length: n }, () => aRow(changes));
  for (const row of rows) record.append(row);
  await record.flush();
  return rows.map((row) => row.id);
}

describe('POST /feedback', () => {
  const post = (body: object) => request(app).post('/feedback').send(body);

  it('takes one, idempotently, and shows whether the prediction was correct', async () => {
    const [prediction_id] = (await recorded(1)) as [string];
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

  it('takes an outcome beside or instead of a class, and says what each did', async () => {
    const [prediction_id] = (await recorded(1)) as [string];
    const first = await post({ prediction_id, outcome: 0 }).expect(200);
    expect(contract.feedbackAnswer.parse(first.body)).toEqual({
      feedback: [
        {
          ...{ prediction_id, model_version: 'v1', correct: null, replaced: false },
          ...{ counted: null, counted_outcome: 'new' },
        },
      ],
    });
    const both = await post({ prediction_id, actual: 'setosa', outcome: -1.5 }).expect(200);
    expect(both.body.feedback[0]).toMatchObject({ counted: 'new', counted_outcome: 'changed', replaced: true });
    expect(contract.historyRow.parse(await record.find(prediction_id))).toMatchObject({
      actual: 'setosa',
      outcome: -1.5,
    });
  });

  it('takes the reference of a prediction, and refuses one that several have', async () => {
    const reference = `order ${randomUUIDv7()}`;
    const missing = await post({ reference, outcome: 1 }).expect(404);
    expect(missing.body.errors[0]).toMatchObject({ pointer: '/reference' });
    const [id] = (await recorded(1, { reference, features: [1] })) as [string];
    const { body } = await post({ reference, actual: 'setosa' }).expect(200);
    expect(body.feedback[0]).toMatchObject({ prediction_id: id, counted: 'new' });
    const [other] = (await recorded(1, { reference, features: [2] })) as [string];
    for (const batch of [false, true]) {
      const item = { reference, actual: 'setosa' };
      const { body: refused } = await post(batch ? { feedback: [item] } : item).expect(409);
      expect(refused.errors[0].pointer).toBe(batch ? '/feedback/0/reference' : '/reference');
      for (const named of [id, other, 'prediction_id']) expect(refused.detail).toContain(named);
    }
  });

  it('takes what matches of a partial batch, and lists what does not and why', async () => {
    const reference = randomUUIDv7();
    await recorded(2, { reference, features: [1] });
    await recorded(1, { reference, features: [2] });
    const [known, lost] = [...(await recorded(1)), randomUUIDv7()] as [string, string];
    const feedback = [
      { prediction_id: lost, actual: 'setosa' },
      { prediction_id: known, actual: 'rosa' },
      { prediction_id: known, actual: 'setosa' },
      { reference, outcome: 1 },
      { reference: 'none', outcome: 1 },
    ];
    const { body } = await post({ feedback, partial: true }).expect(200);
    const answer = contract.feedbackAnswer.parse(body);
    expect(answer.feedback.map(({ prediction_id, counted }) => [prediction_id, counted])).toEqual([[known, 'new']]);
    expect(answer.unmatched?.map(({ index, why }) => [index, why])).toEqual([
      [0, 'unknown'],
      [1, 'class'],
      [3, 'ambiguous'],
      [4, 'unknown'],
    ]);
    expect(outcomes).toHaveLength(1);
    const all = await post({ feedback: feedback.slice(2, 3), partial: true }).expect(200);
    expect(all.body).toMatchObject({ feedback: [{ counted: 'same' }], unmatched: [] });
    await post({ feedback, partial: false }).expect(400);
  });

  it('takes an outcome before a model card is known', async () => {
    const [prediction_id] = (await recorded(1)) as [string];
    schema = null;
    expect((await post({ prediction_id, outcome: 1 })).status).toBe(200);
  });

  it('takes a number for a class whose name is that number', async () => {
    schema = { ...SCHEMA, classes: ['0', '1', '2.0', ''] };
    const [prediction_id] = (await recorded(1)) as [string];
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
    const [known] = (await recorded(1)) as [string];
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
