import { expect, it } from 'vitest';
import { methodFigure } from './method-figure.ts';

it.each([
  ['ks', { statistic: 0.4, p_value: 0.001, p_adjusted: 0.004 }, 'p = 0.004', 'limit 0.00001'],
  ['ks', { statistic: 0.4, p_value: 0.001, p_adjusted: 0.000024 }, 'p = 2.4e−5', 'limit 0.00001'],
  ['chi_square', { statistic: 40, p_value: 0.001, p_adjusted: 0.004 }, 'p = 0.004', 'limit 0.00001'],
  ['chi_square', { statistic: 400, p_value: 0, p_adjusted: 0 }, 'p < 1e−15', 'limit 0.00001'],
  ['psi', { value: 0.12, threshold: 0.3 }, '0.12', 'limit 0.30'],
  ['psi', { value: 0.30004, threshold: 0.3 }, '0.30004', 'limit 0.30000'],
  ['psi', { value: 0.4123, threshold: 0.397 }, '0.41', 'limit 0.40'],
  ['mean_std', 0.25, '0.25', null],
  ['ks', null, null, null],
] as const)('shows the figure of %s', (name, result, value, limit) => {
  expect(methodFigure(name, result, 1e-5)).toMatchObject({ value, limit });
});
