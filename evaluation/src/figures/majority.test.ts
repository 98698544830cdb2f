import { expect, it } from 'vitest';
import { majority } from './majority.ts';

const classes = ['no', 'yes'];

it('is the class of most training rows, worth its share of the test rows', () => {
  expect(majority(classes, [3, 7], [60, 40])).toEqual({ class: 'no', accuracy: 0.3, index: 0 });
});

it('is that of the test rows where the training rows are unknown', () => {
  expect(majority(classes, [3, 7], null)).toEqual({ class: 'yes', accuracy: 0.7, index: 1 });
});

it('is the first of classes with equally many rows', () => {
  expect(majority(classes, [4, 6], [50, 50]).class).toBe('no');
});
