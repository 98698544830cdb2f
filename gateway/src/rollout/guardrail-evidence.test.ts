import type { GuardrailName, RolloutState } from '@coppice/contract';
import { emptyBucketed } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { harmLogE } from '@coppice/statistics/relative-risk';
import { describe, expect, it } from 'vitest';
import type { CellMetric, EpochCells } from '../storage/port/comparison-store.ts';
import { guardrailEvidence } from './guardrail-evidence.ts';

type Counted = { [M in CellMetric]?: { v1: [n: number, sum: number]; v2: [n: number, sum: number] } };
const settings = { slowLimit: null, outcomeGood: 'high' } as const;

function rolloutOf(guardrails: GuardrailName[], changes: Partial<RolloutState> = {}): RolloutState {
  return {
    ...{ version: 'v2', baseline: 'v1', period: 10, step_period: 10, checks_period: 10, guardrails },
    releases: { candidate: 'b', baseline: 'a' },
    ...changes,
  } as RolloutState;
}

/** An epoch in which everything is spread evenly over all buckets. */
function epoch(counted: Counted, changes: Partial<EpochCells> = {}): EpochCells {
  const cells = Object.entries(counted).flatMap(([metric, versions]) =>
    Object.entries(versions).map(([version, [n, sum]]) => {
      const cell = emptyBucketed();
      for (let bucket = 0; bucket < 64; bucket++) {
        cell.n[bucket] = n / 64;
        cell.sum[bucket] = sum / 64;
        cell.squares[bucket] = sum / 64;
      }
      return { version, metric: metric as CellMetric, against: '', ...cell };
    }),
  );
  const base = { id: 1, period: 10, started: 0, updated: 0, weights: { v1: 90, v2: 10 }, latencies: [] };
  return { ...base, releases: { v1: 'a', v2: 'b' }, cells, ...changes };
}

/** Answers of so many milliseconds, in 8 slices of time. */
function latencies(version: string, answers: Record<number, number>): EpochCells['latencies'][number] {
  const counts = new Uint32Array(64 * LATENCY_BUCKETS);
  for (let slice = 0; slice < 8; slice++)
    for (const [ms, n] of Object.entries(answers))
      counts[slice * LATENCY_BUCKETS + latencyBucket(Number(ms) / 1000)] = n / 8;
  return { version, counts };
}

describe('the guardrail', () => {
  it('errors is violated by evidence for harm and half a point more, at the level of its share of 5 %', () => {
    const bad = epoch({ errors: { v1: [7200, 16], v2: [800, 24] } });
    const { guardrails, failed } = guardrailEvidence(rolloutOf(['errors', 'slow', 'accuracy']), [bad], settings);
    expect(guardrails[0]).toMatchObject({ name: 'errors', status: 'violated', limit: Math.log(60) });
    expect(guardrails[0]?.log_e).toBeCloseTo(harmLogE([{ t: 24, c: 16, share: 0.1 }]), 9);
    expect(guardrails[0]?.difference).toBeCloseTo(0.03 - 16 / 7200, 9);
    expect(guardrails[0]?.words).toBe(
      'errors violated: v2 3.00 % of 800 requests, v1 0.22 % of 7,200 (evidence for harm over a million : 1, limit 60 : 1)',
    );
    expect(failed).toBe(24);
  });

  it('errors is not violated by a difference below half a point, however certain', () => {
    const few = epoch({ errors: { v1: [90_000, 80], v2: [80_000, 400] } });
    const [errors] = guardrailEvidence(rolloutOf(['errors']), [few], settings).guardrails;
    expect(errors?.log_e).toBeGreaterThan(Math.log(20));
    expect(errors).toMatchObject({ status: 'ok' });
    expect(errors?.difference).toBeLessThan(0.005);
  });

  it('errors has not enough data with two errors of the candidate, and nothing to compare without traffic', () => {
    const two = { ...epoch({ errors: { v1: [800, 0], v2: [80, 2] } }) };
    expect(guardrailEvidence(rolloutOf(['errors']), [two], settings).guardrails[0]).toMatchObject({
      ...{ status: 'not enough data', log_e: null },
    });
    expect(guardrailEvidence(rolloutOf(['errors']), [], settings).guardrails[0]).toMatchObject({
      ...{ status: 'not enough data', candidate: null, words: 'errors: nothing to compare yet' },
    });
  });

  it('errors that would violate it are named as early while requests are in fewer than 6 slices of time', () => {
    const short = (errors: number) => {
      const one = epoch({ errors: { v1: [2880, 0], v2: [320, errors] } });
      for (const cell of one.cells)
        for (const part of ['n', 'sum', 'squares'] as const) {
          const total = cell[part].reduce((sum, x) => sum + x, 0);
          cell[part].fill(0).fill(total / 4, 0, 4);
        }
      return guardrailEvidence(rolloutOf(['errors']), [one], settings);
    };
    expect(short(32)).toMatchObject({ early: ['errors'], guardrails: [{ status: 'not enough data', log_e: null }] });
    expect(short(1)).toMatchObject({ early: [], guardrails: [{ status: 'not enough data' }] });
    expect(guardrailEvidence(rolloutOf(['errors']), [], settings).early).toEqual([]);
  });

  it('slow is violated when more answers of the candidate are above the fixed limit', () => {
    const slow = epoch({}, { latencies: [latencies('v1', { 2: 7600, 8: 400 }), latencies('v2', { 2: 640, 12: 160 })] });
    const of = (slowLimit: number | null) =>
      guardrailEvidence(rolloutOf(['slow']), [slow], { ...settings, slowLimit }).guardrails[0];
    expect(of(latencyBucket(0.004))).toMatchObject({ status: 'violated', n: { candidate: 800, baseline: 8000 } });
    expect(of(latencyBucket(0.004))?.candidate).toBeCloseTo(0.2, 9);
    expect(of(null)).toMatchObject({ status: 'not enough data' });
  });

  it('accuracy is violated when it is lower by more than a point with certainty', () => {
    const worse = epoch({ accuracy: { v1: [8000, 7600], v2: [4000, 3560] } });
    const same = epoch({ accuracy: { v1: [8000, 7600], v2: [4000, 3800] } });
    const of = (one: EpochCells) => guardrailEvidence(rolloutOf(['accuracy']), [one], settings);
    const [bad] = of(worse).guardrails;
    expect(bad).toMatchObject({ status: 'violated' });
    expect(bad?.difference).toBeCloseTo(-0.06, 9);
    expect(bad?.high).toBeLessThan(0);
    expect(of(same).guardrails[0]).toMatchObject({ status: 'ok', log_e: 0 });
  });

  it('outcome is violated in the direction that the setting calls worse', () => {
    const more = epoch({ outcome: { v1: [8000, 800], v2: [4000, 1200] } });
    const of = (outcomeGood: 'high' | 'low') =>
      guardrailEvidence(rolloutOf(['outcome']), [more], { ...settings, outcomeGood }).guardrails[0]?.status;
    expect([of('high'), of('low')]).toEqual(['ok', 'violated']);
  });
});

describe('what counts', () => {
  const bad = { errors: { v1: [7200, 16], v2: [800, 24] } } as Counted;

  it('adds up over steps without pooling them', () => {
    // errors rise for both while the share of the candidate does
    const calm = epoch({ errors: { v1: [7920, 8], v2: [80, 0] } }, { weights: { v1: 99, v2: 1 } });
    const stormy = epoch({ errors: { v1: [4000, 400], v2: [4000, 400] } }, { period: 11, weights: { v1: 50, v2: 50 } });
    const [errors] = guardrailEvidence(rolloutOf(['errors']), [calm, stormy], settings).guardrails;
    expect(errors).toMatchObject({ status: 'ok' });
    expect(errors?.difference).toBeLessThan(0.0001);
  });

  it('begins with the rollout, and leaves out other releases', () => {
    const before = epoch(bad, { period: 9 });
    const other = epoch(bad, { releases: { v1: 'a', v2: 'c' } });
    const unknown = epoch(bad, { releases: { v1: 'a', v2: null } });
    const { guardrails } = guardrailEvidence(rolloutOf(['errors']), [before, other, unknown], settings);
    expect(guardrails[0]?.n).toEqual({ candidate: 0, baseline: 0 });
  });

  it('counts the requests of the present step only', () => {
    const one = epoch({ assigned: { v1: [720, 720], v2: [80, 80] } });
    const two = { ...one, period: 12 };
    const of = (step_period: number) =>
      guardrailEvidence(rolloutOf(['errors'], { step_period }), [one, two], settings).stepRequests;
    expect([of(10), of(12), of(13)]).toEqual([160, 80, 0]);
  });
});

describe('the checks', () => {
  it('raise an alarm when requests are not assigned by the weights, from the last resume on', () => {
    const odd = epoch({ assigned: { v1: [8000, 0], v2: [1600, 0] } });
    const of = (checks_period: number) =>
      guardrailEvidence(rolloutOf(['errors'], { checks_period }), [odd], settings).checks.sample_ratio;
    expect(of(10)).toMatchObject({ alarm: true });
    expect(of(11)).toEqual({ alarm: false, log_e: 0 });
  });

  it('raise an alarm when feedback comes more often for one version', () => {
    const answered = { v1: [8000, 0], v2: [8000, 0] } as const;
    const of = (rows: number) => {
      const counted = epoch({
        answered: { ...answered },
        accuracy: { v1: [2400, 2000], v2: [rows, rows * 0.9] },
      } as Counted);
      return guardrailEvidence(rolloutOf(['errors']), [counted], settings).checks.feedback.alarm;
    };
    expect([of(2400), of(1600)]).toEqual([false, true]);
  });
});

describe('proof of no harm', () => {
  const proven = (counted: Counted, guardrails: GuardrailName[] = ['errors', 'accuracy']) =>
    guardrailEvidence(rolloutOf(guardrails), [epoch(counted)], settings).proven;

  it.each<[string, Counted, object]>([
    ['without an error in 400 requests', { errors: { v1: [4000, 0], v2: [400, 0] } }, { errors: false }],
    ['without an error in 800 requests', { errors: { v1: [4000, 0], v2: [800, 0] } }, { errors: true }],
    ['with as many errors', { errors: { v1: [40_000, 800], v2: [40_000, 800] } }, { errors: true }],
    ['with 1 point more', { errors: { v1: [40_000, 800], v2: [40_000, 1200] } }, { errors: false }],
    ['without feedback', { errors: { v1: [800, 0], v2: [800, 0] } }, { accuracy: null }],
    ['with little feedback', { accuracy: { v1: [80, 80], v2: [8, 8] } }, { accuracy: false }],
    ['always right in 400 rows', { accuracy: { v1: [4000, 4000], v2: [400, 400] } }, { accuracy: true }],
    ['as often right in 8,000', { accuracy: { v1: [8000, 7200], v2: [8000, 7200] } }, { accuracy: true }],
    ['right less often', { accuracy: { v1: [8000, 7200], v2: [8000, 7080] } }, { accuracy: false }],
  ])('of a candidate %s', (_, counted, expected) => {
    expect(proven(counted)).toMatchObject(expected);
  });

  it('is not asked for what is no guardrail', () => {
    expect(proven({ errors: { v1: [80, 8], v2: [80, 8] } }, ['slow'])).toEqual({ errors: null, accuracy: null });
  });
});
