import { expect, it } from 'vitest';
import { sweep } from './sweep.ts';

it('takes one feature through its range and leaves the others', () => {
  const rows = sweep([1, 5], 1, { min: 0, max: 2, step: 0.5 });
  expect(rows).toEqual([
    [1, 0],
    [1, 0.5],
    [1, 1],
    [1, 1.5],
    [1, 2],
  ]);
});

it('takes no more steps than a picture needs', () => {
  const rows = sweep([0], 0, { min: 0, max: 1, step: 0.001 });
  expect(rows).toHaveLength(61);
  expect(rows.at(-1)).toEqual([1]);
});
