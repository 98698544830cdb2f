import { errorHandler } from '@coppice/serverkit';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { INFER_PATHS, type InferDeps, inferHandlers } from './infer.ts';

const log = pino({ level: 'silent' });
const counted: string[] = [];
const version = { name: 'v1', outputs: { label: 'predict', probability: null } };
const app = express().post(
  INFER_PATHS,
  ...inferHandlers({
    log,
    modelName: 'iris',
    catalog: { require: () => ({ features: ['a', 'b'], classes: ['x', 'y'], card: null }) },
    traffic: { versions: ['v1'], find: () => version } as unknown as InferDeps['traffic'],
    accounting: {
      answered: () => counted.push('answered'),
      refused: (reason: string) => counted.push(reason),
    } as unknown as InferDeps['accounting'],
    predictions: {
      predict: async () => ({ version, route: 'weighted', answer: { labels: [0, 1], probabilities: null }, first: 1 }),
    } as unknown as InferDeps['predictions'],
  }),
);
app.use(errorHandler(log));

const infer = (more: object) =>
  request(app)
    .post('/v2/models/iris/infer')
    .send({ inputs: [{ name: 'x', shape: [1, 2], datatype: 'INT32', data: [1, 2] }], ...more });

describe('infer by a version that has no probabilities', () => {
  it('leaves them out of an answer whose request names no outputs', async () => {
    const { body } = await infer({}).expect(200);
    expect(body.outputs).toEqual([{ name: 'label', datatype: 'INT64', shape: [1], data: [1] }]);
    expect((await infer({ outputs: [{ name: 'predict' }] })).body.outputs).toMatchObject([{ name: 'predict' }]);
  });

  it('refuses a request that names them, and says which version has none', async () => {
    counted.length = 0;
    const { body } = await infer({ outputs: [{ name: 'label' }, { name: 'probability' }] }).expect(400);
    expect(body.error).toBe(
      'outputs: version v1 has no probability, only label; name no outputs to get what a version has, or pin another version',
    );
    expect(counted).toEqual(['invalid']);
  });
});
