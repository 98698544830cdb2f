import { expect, it } from 'vitest';
import { ofModel } from './of-model.ts';

it('names every model but the one that commands mean by themselves', () => {
  expect([ofModel('iris'), ofModel('churn')]).toEqual(['', ' --model churn']);
});
