import { describe, expect, it } from 'vitest';
import { type AnswerTensor, readTensors } from './read-tensors.ts';

const model = {
  ...{ classes: 3, label: null, probability: null, labelsAreNames: false, decision: 'argmax' as const },
  classNames: ['setosa', 'versicolor', 'virginica'],
};
const two = { ...model, classes: 2, classNames: ['no', 'yes'] };
const float = (name: string, ...values: number[]): AnswerTensor => ({ name, kind: 'float', values });
const integer = (name: string, ...values: number[]): AnswerTensor => ({ name, kind: 'integer', values });
const text = (name: string, ...values: string[]): AnswerTensor => ({ name, kind: 'text', values });

const read = (tensors: AnswerTensor[], rows: number, of: Parameters<typeof readTensors>[2] = model) => {
  const { labels, probabilities } = readTensors(tensors, rows, of);
  return [Array.from(labels), probabilities && Array.from(probabilities)];
};

describe('the prediction in an answer', () => {
  it.each([
    ['MLServer, scikit-learn', [integer('predict', 0), float('predict_proba', 1, 0, 0)], [[0], [1, 0, 0]]],
    ['MLServer, labels as text', [text('predict', 'virginica'), float('predict_proba', 0, 0, 1)], [[2], [0, 0, 1]]],
    ['MLServer, a model without probabilities', [integer('predict', 1)], [[1], null]],
    ['MLServer, LightGBM', [float('predict', 0.1, 0.7, 0.2)], [[1], [0.1, 0.7, 0.2]]],
    ['MLServer, MLflow runtime', [text('output-1', 'setosa')], [[0], null]],
    ['Triton, ONNX', [integer('label', 0), float('probabilities', 0.8, 0.1, 0.1)], [[0], [0.8, 0.1, 0.1]]],
    ['Triton, FIL without predict_proba', [float('output__0', 2)], [[2], null]],
    ['an unknown server', [integer('leaves', 7, 8), float('p', 0, 1, 0), integer('y', 1)], [[1], [0, 1, 0]]],
  ])('of %s is found', (_, tensors, expected) => {
    expect(read(tensors, 1)).toEqual(expected);
  });

  it('of two classes may be the probability of the second alone', () => {
    expect(read([float('predict', 0.25, 0.75)], 2, two)).toEqual([
      [0, 1],
      [0.75, 0.25, 0.25, 0.75],
    ]);
  });

  it('has the classes themselves as numbers from a server that trained on such', () => {
    const numbered = { ...two, classNames: ['1', '2'], labelsAreNames: true };
    expect(read([integer('predict', 2, 1)], 2, numbered)).toEqual([[1, 0], null]);
  });

  it('is none when an announced tensor has a wrong size, or is missing', () => {
    const announced = { ...model, label: 'label', probability: 'probability' };
    const label = integer('label', 0);
    expect(() => read([label, float('probability', 1, 0)], 1, announced)).toThrow(
      '1 labels and 2 probabilities for 1 rows',
    );
    expect(() => read([label], 1, announced)).toThrow('it lacks the probabilities, which its server announces');
    expect(() => read([], 1, announced)).toThrow('neither labels nor probabilities');
    expect(() => read([text('y', 'cat')], 1)).toThrow('the label cat of row 0 is none of the classes setosa');
  });
});
