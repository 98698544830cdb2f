import type { CandidateComparison, ComparisonReport } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { planText } from './plan-text.ts';

function report(weights: Record<string, number>, mean: number | null): ComparisonReport {
  const time = '2026-01-01T00:00:00Z';
  const means = [{ metric: 'accuracy', baseline: { n: 10, mean } }] as CandidateComparison['means'];
  const candidate = { version: 'v2', alpha: 0.05, means } as CandidateComparison;
  const epochs = [{ since: time, weights, releases: {} }];
  return {
    ...{ experiment: null, since: time, until: time, alpha: 0.05, baseline: 'v1', epochs },
    ...{ candidates: [candidate], notes: [] },
  };
}

describe('the plan of an experiment', () => {
  it('says how many rows show 1, 2 and 5 points at the accuracy so far', () => {
    // 12,597: the published 12596.77 for 2 points at 0.91, 50/50
    expect(planText(report({ v1: 1, v2: 1 }, 0.91))).toMatch(
      /^v2 against v1 \(50\.0 % of the pair's weight, 91\.0 % accuracy of v1\) shows a difference of: 1 point [\d,]+ rows, 2 points 12,597 rows, 5 points [\d,]+ rows/,
    );
  });

  it('needs more rows at a small share, and assumes an accuracy that is not known', () => {
    const rowsOf = (text: string) => Number(/2 points ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
    const canary = planText(report({ v1: 90, v2: 10 }, null));
    expect(canary).toContain('an assumed 90.0 % accuracy of v1');
    expect(rowsOf(canary)).toBeGreaterThan(2 * rowsOf(planText(report({ v1: 1, v2: 1 }, 0.9))));
    expect(planText(report({ v1: 1, v2: 1 }, 1))).toContain('an assumed 90.0 %');
  });

  it('has none for a version without weight', () => {
    expect(planText(report({ v1: 1, v2: 0 }, 0.9))).toContain('one of them has no weight');
  });
});
