import { expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';

// sklearn.metrics.classification_report([0,1,2,2,2], [0,0,2,2,1]), an example of scikit-learn's documentation
it('agrees with scikit-learn’s classification report', () => {
  const metrics = evaluate(['zero', 'one', 'two'], [0, 1, 2, 2, 2], [0, 0, 2, 2, 1]);
  expect(metrics).toMatchObject({ rows: 5, accuracy: 0.6, precision: 0.5 });
  expect(metrics.recall).toBeCloseTo(0.5556, 4);
  expect(metrics.f1).toBeCloseTo(0.4889, 4);
  expect(metrics.perClass).toEqual([
    { class: 'zero', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
    { class: 'one', precision: 0, recall: 0, f1: 0, support: 1 },
    { class: 'two', precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
  ]);
  expect(metrics.confusion).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 1, 2],
  ]);
});
