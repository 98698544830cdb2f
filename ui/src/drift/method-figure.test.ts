import { expect, it } from 'vitest';
import { figure, pValue } from '../parts/format.ts';
import { methodFigure } from './method-figure.ts';

it.each([
  ['ks', { statistic: 0.4, p_value: 0.001, p_adjusted: 0.004 }, pValue(0.004), null],
  ['psi', { value: 0.12, threshold: 0.3 }, figure(0.12), figure(0.3)],
  ['mean_std', 0.25, figure(0.25), null],
  ['ks', null, null, null],
] as const)('shows the figure of %s', (name, result, value, limit) => {
  expect(methodFigure(name, result)).toMatchObject({ value, limit });
});
