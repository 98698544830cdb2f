import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from './check-answer.ts';

const model = { classes: 3, decision: 'argmax' } as const;

describe('an answer that is a prediction', () => {
  it.each([
    ['labels and probabilities', [0, 2], [0.5, 0.3, 0.2, 0, 0, 1]],
    ['probabilities in single precision', [0], Array.from(new Float32Array([0.7, 0.1, 0.2]))],
    ['a tie', [1], [0.4, 0.4, 0.2]],
    ['a tie but for rounding', [1], [0.4003, 0.3997, 0.2]],
    ['labels only', [2], null],
    ['no rows', [], []],
  ])('has %s', (_, labels, probabilities) => {
    expect(checkAnswer(labels, probabilities, labels.length, model)).toEqual({ labels, probabilities, classes: 3 });
  });

  it('without labels has the likeliest classes', () => {
    expect(checkAnswer(null, [0.2, 0.5, 0.3, 0.4, 0.4, 0.2], 2, model).labels).toEqual([1, 0]);
  });

  it('may have another label than the likeliest class when its card declares a threshold', () => {
    const threshold = { ...model, decision: 'threshold' } as const;
    expect(checkAnswer([1], [0.6, 0.3, 0.1], 1, threshold).labels).toEqual([1]);
  });

  it('is one for every distribution and its arg max', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(weights, (values) => {
        const sum = values.reduce((total, value) => total + value, 0);
        fc.pre(sum > 0.01);
        const shares = values.map((value) => value / sum);
        const label = shares.indexOf(Math.max(...shares));
        expect(checkAnswer([label], shares, 1, model).labels).toEqual([label]);
      }),
    );
  });
});

describe('an answer that is none', () => {
  it.each([
    ['decision values', [0], [-45.9, 46.9, 0], 'the probability -45.9 of row 0 is not within 0 to 1'],
    ['logits', [1], [0.2, 3.1, 0.5], 'the probability 3.1 of row 0'],
    ['shares that lack one', [0], [0.5, 0.2, 0.1], 'the probabilities of row 0 add up to 0.8, not to 1'],
    ['a second row of zeros', [0, 0], [1, 0, 0, 0, 0, 0], 'the probabilities of row 1 add up to 0, not to 1'],
    ['another label than the likeliest', [0], [0.2, 0.7, 0.1], 'the label 0 of row 0 is not its likeliest class, 1'],
    ['labels that count from 1', [3], [0, 0, 1], 'the label 3 of row 0 is none of the classes 0 to 2'],
    ['a fraction as label', [0.5], null, 'the label 0.5 of row 0'],
    ['too few labels', [0], [1, 0, 0, 1, 0, 0], 'it has 6 probabilities for 1 rows of 3 classes'],
    ['not a number', [0], [Number.NaN, 1, 0], 'the probability NaN of row 0'],
    ['text', [0], ['1', '0', '0'] as unknown as number[], 'the probability 1 of row 0'],
    ['nothing', null, null, 'it has neither labels nor probabilities'],
  ])('has %s, and says so', (_, labels, probabilities, message) => {
    expect(() => checkAnswer(labels, probabilities, labels?.length ?? 1, model)).toThrow(message);
  });
});
