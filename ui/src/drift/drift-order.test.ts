import { expect, it } from 'vitest';
import { bySeverity } from './drift-order.ts';

const feature = (name: string, drifted: boolean, p: number | null, part: number | null) =>
  ({
    feature: name,
    drifted,
    ks: p === null ? null : { statistic: 0, p_value: p, p_adjusted: p },
    missing: { p_adjusted: null },
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

it('goes by the smallest of all p-values of a feature, whatever its kind', () => {
  const category = (name: string, p: number, unseen: number, missing: number | null) =>
    ({
      ...{ feature: name, drifted: true, ks: null, mean_std: 0 },
      chi_square: { statistic: 0, p_value: p, p_adjusted: p },
      unseen: { p_adjusted: unseen },
      missing: { p_adjusted: missing },
    }) as never;
  const sorted = bySeverity([
    category('mix', 1e-7, 1, null),
    category('new values', 0.5, 1e-9, null),
    category('gaps', 0.5, 1, 1e-8),
  ]);
  expect(sorted.map((one) => one.feature)).toEqual(['new values', 'gaps', 'mix']);
});
