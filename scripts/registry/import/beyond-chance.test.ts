import { describe, expect, it } from 'vitest';
import { chanceOf, refuseWrongOrder } from './beyond-chance.ts';

const metrics = (...confusion: number[][]) => {
  const rows = confusion.flat().reduce((sum, count) => sum + count, 0);
  const right = confusion.reduce((sum, counts, i) => sum + (counts[i] as number), 0);
  return { confusion, rows, accuracy: right / rows };
};
const refuse = (by: 'own' | 'sorted' | 'given', ...confusion: number[][]) =>
  refuseWrongOrder({ names: ['a', 'b', 'c'].slice(0, confusion.length), labels: null, by }, metrics(...confusion));

describe('chance', () => {
  it('is the agreement of answers that know nothing', () => {
    expect(chanceOf(metrics([10, 0], [0, 10]))).toBe(0.5);
    expect(chanceOf(metrics([90, 0], [10, 0]))).toBeCloseTo(0.9);
  });
});

describe('an order of classes', () => {
  it.each<[string, 'own' | 'sorted' | 'given', number[][]]>([
    [
      'of a model that is mostly right',
      'sorted',
      [
        [9, 1],
        [2, 8],
      ],
    ],
    [
      'of a weak model of rare cases',
      'sorted',
      [
        [95, 0],
        [5, 0],
      ],
    ],
    [
      'whose two classes the model hardly separates',
      'sorted',
      [
        [20, 0, 0],
        [0, 19, 20],
        [0, 20, 19],
      ],
    ],
    [
      'that the model states itself',
      'own',
      [
        [1, 9],
        [8, 2],
      ],
    ],
    [
      'that is given, and better than chance',
      'given',
      [
        [20, 0, 0],
        [0, 5, 15],
        [0, 15, 5],
      ],
    ],
  ])('%s stands', (_, by, confusion) => {
    expect(() => refuse(by, ...confusion)).not.toThrow();
  });

  it.each<[string, 'sorted' | 'given', number[][], RegExp]>([
    [
      'worse than chance',
      'sorted',
      [
        [1, 9],
        [8, 2],
      ],
      /order of classes \(a, b\) the model is right in 15\.0 %.*--classes b,a fits/,
    ],
    [
      'with two of three turned',
      'sorted',
      [
        [20, 0, 0],
        [0, 5, 15],
        [0, 15, 5],
      ],
      /--classes a,c,b fits/,
    ],
    [
      'given, worse than chance',
      'given',
      [
        [1, 9],
        [8, 2],
      ],
      /^with --classes a,b the model is right in 15\.0 %/,
    ],
    [
      'that no order mends',
      'sorted',
      [
        [0, 9],
        [3, 8],
      ],
      /--only those of its columns$/,
    ],
  ])('%s is refused', (_, by, confusion, reason) => {
    expect(() => refuse(by, ...confusion)).toThrow(reason);
  });
});
