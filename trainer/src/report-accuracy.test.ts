import { expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { reportAccuracy } from './report-accuracy.ts';

it('puts the interval and the answer of the largest class beside the accuracy', () => {
  const actual = [...Array(9).fill(0), 1];
  const metrics = evaluate(['no', 'yes'], actual, Array(10).fill(0));
  const classes = [
    { name: 'no', share: 0.9, typical: [] },
    { name: 'yes', share: 0.1, typical: [] },
  ];
  // statsmodels.stats.proportion.proportion_confint(9, 10, method='wilson')
  expect(reportAccuracy({ classes, metrics })).toBe(
    'accuracy 0.900 (95 % interval 0.596 to 0.982; always "no": 0.900), macro F1 0.474 on 10 test rows',
  );
});
