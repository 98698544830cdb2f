import { prediction, predictionBatch } from '@coppice/contract';
import { expect, it } from 'vitest';
import { AnswerTemplate } from './answer-template.ts';

const template = new AnswerTemplate(['plain', 'quote " and \\ and ü', '</script>']);
const answer = {
  labels: [2, 0, 1],
  probabilities: new Float64Array([0.1, 0.2, 0.7, 1, 0, 0, 1e-9, 0.999999999, 0]),
  classes: 3,
  release: null,
};

it('writes one row by the contract', () => {
  const body = JSON.parse(template.one(answer, 2, 'v1', 'sticky', 'some-id'));
  expect(prediction.parse(body)).toEqual({
    prediction: 1,
    class: 'quote " and \\ and ü',
    probability: [1e-9, 0.999999999, 0],
    model_version: 'v1',
    route: 'sticky',
    prediction_id: 'some-id',
  });
});

it('leaves the id of a preview out', () => {
  const body = JSON.parse(template.one(answer, 0, 'v1', 'preview', undefined));
  expect(prediction.parse(body)).not.toHaveProperty('prediction_id');
});

it('writes the rows of one request from an answer that several share', () => {
  const body = JSON.parse(template.batch(answer, 1, 2, 'v2', 'weighted', ['a', 'b']));
  expect(predictionBatch.parse(body)).toEqual({
    predictions: [
      { prediction: 0, class: 'plain', probability: [1, 0, 0], prediction_id: 'a' },
      { prediction: 1, class: 'quote " and \\ and ü', probability: [1e-9, 0.999999999, 0], prediction_id: 'b' },
    ],
    model_version: 'v2',
    route: 'weighted',
  });
});
