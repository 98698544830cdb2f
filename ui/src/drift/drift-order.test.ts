import { expect, it } from 'vitest';
import { bySeverity } from './drift-order.ts';

const feature = (name: string, drifted: boolean, p: number | null, part: number | null) =>
  ({
    feature: name,
    drifted,
    ks: p === null ? null : { statistic: 0, p_value: p, p_adjusted: p },
    mean_std: part,
  }) as never;

it('puts the worst feature first', () => {
  const sorted = bySeverity([
    feature('calm', false, 0.9, 0.1),
    feature('less calm', false, 0.9, 0.2),
    feature('drifted', true, 0.04, 0.3),
    feature('badly drifted', true, 1e-9, 0.1),
    feature('unknown', false, null, null),
  ]);
  expect(sorted.map((one) => one.feature)).toEqual(['badly drifted', 'drifted', 'less calm', 'calm', 'unknown']);
});
