import { describe, expect, it } from 'vitest';
import { checkAnswer } from './check-answer.ts';

const model = { classes: 3, classNames: null };

describe('a version’s answer', () => {
  it.each([
    ['labels and probabilities', [0, 2], [0.5, 0.3, 0.2, 0, 0, 1]],
    ['labels only', [2], null],
    ['no rows', [], []],
  ])('has %s', (_, labels, probabilities) => {
    expect(checkAnswer(labels, probabilities, labels.length, model)).toMatchObject({
      labels,
      probabilities,
      classes: 3,
    });
  });

  it('without labels has the most probable classes', () => {
    expect(checkAnswer(null, [0.2, 0.5, 0.3, 0.4, 0.4, 0.2], 2, model).labels).toEqual([1, 0]);
  });

  it('must be a prediction', () => {
    expect(() => checkAnswer(null, [-45.9, 46.9, 0], 1, model)).toThrow('row 0 has probability -45.9 of class 0');
    expect(() => checkAnswer([0], [1, 0, 0, 1, 0, 0], 1, model)).toThrow('1 labels and 6 probabilities for 1 rows');
    expect(() => checkAnswer(null, null, 1, model)).toThrow('it has neither labels nor probabilities');
  });
});
