import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPredictions, PredictionFault } from './check-predictions.ts';

const card = { classes: 3, classNames: ['a', 'b', 'c'] };
const check = (labels: (number | bigint)[], shares: number[], decision?: 'argmax' | 'threshold') =>
  checkPredictions({ ...card, decision }, labels.length, labels, shares);

describe('checkPredictions', () => {
  it.each<[string, bigint[], number[]]>([
    ['certain answers', [0n, 2n], [1, 0, 0, 0, 0, 1]],
    ['sums that FP32 rounds', [0n], [0.9999995827674866, 0, 0]],
    ['a tie, whichever class wins', [1n, 0n], [0.4995, 0.5005, 0, 0.4998, 0.5002, 0]],
    ['no rows', [], []],
  ])('accepts %s', (_, labels, shares) => {
    expect(() => check(labels, shares)).not.toThrow();
  });

  it.each<[string, (number | bigint)[], number[], string]>([
    ['a score', [0n], [-45.9, 46, 0.9], 'row 0 has probability -45.9 of class a: must be from 0 to 1'],
    ['a number above 1', [0n, 1n], [1, 0, 0, 0, 1.5, 0], 'row 1 has probability 1.5 of class b: must be from 0 to 1'],
    ['text', [0n], ['1', 0, 0] as number[], 'row 0 has probability 1 of class a: must be from 0 to 1'],
    ['a label as text', ['1' as unknown as number], [0, 1, 0], 'row 0 has label 1: must be the index of a class'],
    ['what is no number', [0n], [Number.NaN, 0, 1], 'row 0 has probability NaN of class a: must be from 0 to 1'],
    ['a sum that is not 1', [0n], [0.5, 0.2, 0.2], 'row 0 has probabilities that sum to 0.9: must sum to 1'],
    ['labels from 1', [3n], [0, 0, 1], 'row 0 has label 3: must be the index of a class, from 0 to 2'],
    ['a negative label', [-1n], [0, 0, 1], 'row 0 has label -1: must be the index of a class, from 0 to 2'],
    ['half a label', [0.5], [0, 0, 1], 'row 0 has label 0.5: must be the index of a class, from 0 to 2'],
    [
      'another class than the most probable',
      [1n],
      [0.7, 0.3, 0],
      'row 0 has label 1 (b), but class a has the largest probability (0.7, b has 0.3): must be the most probable class, unless the card declares "decision":"threshold"',
    ],
  ])('refuses %s', (_, labels, shares, message) => {
    expect(() => check(labels, shares)).toThrow(message);
    expect(() => check(labels, shares)).toThrow(PredictionFault);
  });

  it('refuses answers to another number of rows', () => {
    expect(() => checkPredictions(card, 2, [0n], [1, 0, 0])).toThrow(
      '1 labels and 3 probabilities for 2 rows of 3 classes',
    );
    expect(() => checkPredictions(card, 1, [0n], [1, 0])).toThrow(
      '1 labels and 2 probabilities for 1 rows of 3 classes',
    );
  });

  it('checks labels that come without probabilities, and names classes by number where they have no names', () => {
    expect(() => checkPredictions(card, 2, [0, 2], null)).not.toThrow();
    expect(() => checkPredictions(card, 1, [0, 2], null)).toThrow('2 labels for 1 rows of 3 classes');
    expect(() => checkPredictions(card, 1, [3], null)).toThrow('row 0 has label 3');
    expect(() => checkPredictions({ ...card, classNames: null }, 1, [0], [2, 0, 0])).toThrow('of class 0');
  });

  it('accepts every distribution with its most probable class', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(weights, (values) => {
        const sum = values.reduce((total, value) => total + value, 0);
        fc.pre(sum > 0.01);
        const shares = values.map((value) => value / sum);
        expect(() => check([shares.indexOf(Math.max(...shares))], shares)).not.toThrow();
      }),
    );
  });

  it('leaves the choice of the class to a model with a threshold, but not what is a class', () => {
    expect(() => check([1n], [0.7, 0.3, 0], 'threshold')).not.toThrow();
    expect(() => check([3n], [0.7, 0.3, 0], 'threshold')).toThrow('row 0 has label 3');
    expect(() => check([1n], [0.7, 0.3, 0], 'argmax')).toThrow('row 0 has label 1 (b)');
  });
});
