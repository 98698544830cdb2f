import { expect, it } from 'vitest';
import { secretChecker } from './same-secret.ts';

it.each([
  ['one', true],
  ['two', true],
  ['On', false],
  ['one ', false],
  ['onetwo', false],
  ['', false],
])('finds %j among the secrets: %s', (presented, expected) => {
  expect(secretChecker(['one', 'two'])(presented)).toBe(expected);
});

it('finds nothing when there is no secret', () => {
  expect(secretChecker([])('')).toBe(false);
});
