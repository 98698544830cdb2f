import { describe, expect, it } from 'vitest';
import { readCosts } from './read-costs.ts';

describe('costs on a command line', () => {
  it('are by actual and answered class, and gains are negative', () => {
    expect(readCosts(['churn:no=5,no:churn=1', 'churn:churn=-20.5'], ['no', 'churn'])).toEqual({
      churn: { no: 5, churn: -20.5 },
      no: { churn: 1 },
    });
    expect(readCosts([], ['no', 'churn'])).toBeNull();
  });

  it('may name classes with colons, commas and equals signs', () => {
    expect(readCosts(['a:b:c,d=1=2'], ['a:b', 'c,d=1', 'a'])).toEqual({ 'a:b': { 'c,d=1': 2 } });
  });

  it.each([
    ['churn:maybe=5', /"churn:maybe=5" is not allowed.*as in no:churn=5; the classes are no, churn/],
    ['churn:no', /"churn:no" is not allowed/],
    ['churn:no=cheap', /"churn:no=cheap" is not allowed/],
    ['churn:no=1e999', /is not allowed/],
    ['churn:no=1,churn:no=2', /"churn:no=2" is given twice/],
    ['', /"" is not allowed/],
  ])('refuses %s in one line that says how', (text, message) => {
    expect(() => readCosts([text], ['no', 'churn'])).toThrow(message);
  });
});
