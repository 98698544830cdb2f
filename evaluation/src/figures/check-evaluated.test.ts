import { expect, it } from 'vitest';
import type { Evaluated } from './answers.ts';
import { checkEvaluated } from './check-evaluated.ts';

const whole: Evaluated = {
  model: 'm',
  classes: ['a', 'b'],
  features: [{ name: 'x', kind: 'number' }],
  rows: [[1], [2]],
  actual: [0, 1],
  answers: { answered: [0, 1], probabilities: Float64Array.of(1, 0, 0, 1.0000001) },
  trained: [5, 5],
  costs: null,
  infer: () => Promise.reject(new Error('not asked')),
  seed: 1,
};
const answered = (labels: number[], probabilities: Float64Array | null = null) => ({
  answers: { answered: labels, probabilities },
});

it('takes what fits, and what single precision leaves of a sum', () => {
  expect(() => checkEvaluated(whole)).not.toThrow();
});

it.each<[string, Partial<Evaluated>]>([
  ['there are no test rows to evaluate the model by', { rows: [], actual: [], ...answered([]) }],
  ['there are 1 labels, where 2 belong', { actual: [0] }],
  ['there are 3 answers, where 2 belong', answered([0, 1, 1])],
  ['there are 3 probabilities, where 4 belong', answered([0, 1], new Float64Array(3))],
  ['there are 1 training counts, where 2 belong', { trained: [5] }],
  ['there are 2 values in the first row, where 1 belong', { rows: [[1, 2], [2]] }],
  ['the label of test row 2 is 2, no index of the 2 classes', { actual: [0, 2] }],
  ['the answer of test row 1 is -1, no index of the 2 classes', answered([-1, 0])],
  ['1.5 in test row 2 is no probability', answered([0, 1], Float64Array.of(1, 0, 0, 1.5))],
  ['NaN in test row 1 is no probability', answered([0, 1], Float64Array.of(1, Number.NaN, 0, 1))],
])('says that %s', (message, part) => {
  expect(() => checkEvaluated({ ...whole, ...part })).toThrow(new RangeError(message));
});
