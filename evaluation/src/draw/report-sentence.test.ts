import { describe, expect, it } from 'vitest';
import { type Compared, comparisonClause } from './report-sentence.ts';

const compared: Compared = {
  ...{ against: 1, rows: 400, both_right: 340, only_release: 2, only_against: 30, both_wrong: 28 },
  ...{ difference: -0.07, interval: [-0.099, -0.049], p: 0.0000002, at_least: -0.094 },
  ...{ cost_difference: null, notes: [], created_at: '2026-11-27T00:00:00.000Z' },
};

describe('the clause that compares', () => {
  it('says which is better, and how much by chance', () => {
    expect(comparisonClause(compared)).toBe(
      'against release 1 on the same 400 rows: −7.0 points of accuracy (95 % interval −9.9 to −4.9, McNemar p < 0.001), it is worse',
    );
    expect(comparisonClause({ ...compared, difference: 0.03, interval: [0.01, 0.05], p: 0.0123 })).toMatch(
      /: \+3\.0 points .* McNemar p = 0\.012\), it is better$/,
    );
  });

  // the exact test is the more cautious of the two: near the edge the interval can leave zero out while p is above 0.05
  it.each([
    ['may be chance', 0.015, [0.001, 0.032], 0.065],
    ['may be chance', -0.015, [-0.032, -0.001], 0.065],
    ['may be chance', 0.015, [-0.001, 0.032], 0.04],
    ['it is better', 0.015, [0.001, 0.032], 0.049],
    ['it is worse', -0.015, [-0.032, -0.001], 0.049],
  ] as const)('says that %s where that agrees with the interval and with p', (word, difference, [low, high], p) => {
    expect(comparisonClause({ ...compared, difference, interval: [low, high], p })).toContain(word);
  });
});
