import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { costWarning, readFeedbackConfig } from './feedback-config.ts';

describe('settings of feedback', () => {
  it('count outcomes as they are and no costs by default', () => {
    expect(readFeedbackConfig({ COST_MATRIX: ' ', OUTCOME_RANGE: '' })).toEqual({
      ...{ costs: null, outcomeGood: 'high', outcomeRange: null },
    });
  });

  it('read a matrix, a direction and a range', () => {
    const costs = { stay: { churn: 5 }, churn: { stay: 100.5, churn: -1 } };
    expect(readFeedbackConfig({ COST_MATRIX: JSON.stringify(costs), OUTCOME_GOOD: 'low' })).toMatchObject({
      ...{ costs, outcomeGood: 'low' },
    });
    for (const [text, range] of [
      ['0..500', [0, 500]],
      ['-2.5 .. -1e-3', [-2.5, -0.001]],
    ])
      expect(readFeedbackConfig({ OUTCOME_RANGE: text as string }).outcomeRange).toEqual(range);
  });

  it.each([
    [{ COST_MATRIX: '{' }, 'must be JSON'],
    [{ COST_MATRIX: '[]' }, 'finite numbers'],
    [{ COST_MATRIX: '{}' }, 'finite numbers'],
    [{ COST_MATRIX: '5' }, 'finite numbers'],
    [{ COST_MATRIX: '{"a":5}' }, 'finite numbers'],
    [{ COST_MATRIX: '{"a":{"b":"5"}}' }, 'finite numbers'],
    [{ COST_MATRIX: '{"a":{"b":1e999}}' }, 'finite numbers'],
    [{ COST_MATRIX: '{"a":{"b":null}}' }, 'finite numbers'],
    [{ OUTCOME_GOOD: 'best' }, 'high, low'],
    [{ OUTCOME_RANGE: '5' }, 'such as 0..500'],
    [{ OUTCOME_RANGE: '5..5' }, 'such as 0..500'],
    [{ OUTCOME_RANGE: '5..1' }, 'such as 0..500'],
    [{ OUTCOME_RANGE: '0..Infinity' }, 'such as 0..500'],
    [{ OUTCOME_RANGE: '..5' }, 'such as 0..500'],
    [{ OUTCOME_RANGE: '0..5..9' }, 'such as 0..500'],
  ])('refuse %j', (env, words) => {
    const [name] = Object.keys(env) as [string];
    expect(() => readFeedbackConfig(env as Record<string, string>)).toThrow(ConfigError);
    expect(() => readFeedbackConfig(env as Record<string, string>)).toThrow(name);
    expect(() => readFeedbackConfig(env as Record<string, string>)).toThrow(words);
  });

  it('warn about classes that the model does not have', () => {
    expect(costWarning({ a: { b: 1 } }, ['a', 'b', 'c'])).toBeNull();
    expect(costWarning(null, ['a'])).toBeNull();
    expect(costWarning({ a: { x: 1 }, y: {} }, ['a', 'b'])).toBe(
      "COST_MATRIX names x, y, and the model's classes are a, b: no cost is counted",
    );
  });
});
