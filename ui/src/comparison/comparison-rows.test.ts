import type { CandidateComparison, MeanComparison, RiskComparison } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { comparisonRows } from './comparison-rows.ts';

const mean: MeanComparison = {
  ...{ metric: 'accuracy', good: 'high', verdict: 'better', margin: 0.02 },
  ...{ baseline: { n: 5000, mean: 0.9 }, candidate: { n: 1000, mean: 0.93 } },
  ...{ effect: 0.03, interval: [0.01, 0.05], p: 0.001, design_effect: 1 },
  still: { effect: 0.02, rows: 0, seconds: 0 },
};
const nothing = { n: 0, mean: null };
const noRows = { ...mean, baseline: nothing, candidate: nothing, effect: null, interval: null, still: null };
const errors: RiskComparison = {
  ...{ metric: 'errors', good: 'low', verdict: 'worse', margin: null, limit_ms: null },
  ...{ baseline: { n: 1000, events: 10, rate: 0.01 }, candidate: { n: 100, events: 3, rate: 0.03 } },
  ...{ ratio: 3, ratio_interval: [1.2, 8], difference: 0.02, difference_interval: [0.001, 0.04] },
  ...{ design_effect: 1, log_e: 4, harm_log_e: 5 },
};
const ok = { status: 'ok', log_e: 0 } as const;
const candidate: CandidateComparison = {
  ...{ version: 'v2', release: null, alpha: 0.05, words: '', p95: null, paired: null, first: [] },
  ...{ means: [mean], risks: [errors] },
  checks: {
    sample_ratio: { ...ok, assigned: { baseline: 1000, candidate: 100 }, expected: 100 },
    feedback: { ...ok, rates: { baseline: 1, candidate: 1 }, tipping_point: null },
  },
};

describe('the table of a candidate', () => {
  it('has each metric with its figures, its difference and its verdict', () => {
    const [accuracy] = comparisonRows(candidate, 1);
    expect(accuracy).toMatchObject({
      ...{
        title: 'accuracy',
        good: 'high',
        verdict: 'better',
        difference: '+3.0 points',
        range: '+1.0 to +5.0 points',
      },
      ...{ baseline: { value: '90.0 %', of: '5,000 rows with feedback' }, candidate: { value: '93.0 %' } },
      shape: { value: 0.03, interval: [0.01, 0.05], margin: 0.02 },
    });
  });

  it('leaves out means that have no rows, except accuracy', () => {
    const means = [
      { ...noRows, verdict: 'not enough data' as const },
      { ...noRows, metric: 'cost' as const },
    ];
    const [row, ...others] = comparisonRows({ ...candidate, means, risks: [] }, 1);
    expect(row).toMatchObject({
      key: 'accuracy',
      baseline: { value: '–' },
      difference: null,
      range: null,
      shape: null,
    });
    expect(others).toEqual([]);
  });

  it('leaves out slow answers until it is known what is slow', () => {
    const none = { n: 0, events: 0, rate: null };
    const slow = { ...errors, metric: 'slow' as const, baseline: none, candidate: none };
    expect(comparisonRows({ ...candidate, risks: [errors, slow] }, 1).map(({ key }) => key)).toEqual([
      'accuracy',
      'errors',
    ]);
  });

  it('shows the rate of events, and over several epochs no counts that would give a pooled one', () => {
    const row = (epochs: number) => comparisonRows(candidate, epochs).find(({ key }) => key === 'errors');
    expect(row(1)?.candidate).toEqual({ value: '3.0 %', of: '3 of 100 requests' });
    expect(row(2)?.candidate).toEqual({ value: '3.0 %', of: '100 requests' });
    expect(row(2)?.difference).toBe('+2.0 points');
  });

  it('says how long a difference still takes only where none shows', () => {
    const undecided = { ...mean, verdict: 'no difference seen' as const };
    expect(comparisonRows(candidate, 1)[0]?.still).toBeNull();
    expect(comparisonRows({ ...candidate, means: [undecided] }, 1)[0]?.still).toContain('would show by now');
  });

  it('draws the ratio of latencies by its logarithm', () => {
    const p95 = { baseline_ms: 10, candidate_ms: 20, ratio: 2, interval: [1, 4] as [number, number] };
    const row = comparisonRows({ ...candidate, p95 }, 1).at(-1);
    expect(row).toMatchObject({ key: 'p95', verdict: null, difference: '×2.00', range: '×1.00 to ×4.00' });
    expect(row?.shape).toMatchObject({ value: 1, interval: [0, 2], zero: '×1' });
    expect(row?.shape?.write(1)).toBe('×2.00');
  });
});
