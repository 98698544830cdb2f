import { type DriftReport, type FeatureValue, driftReport as schema, type ValuesDrift } from '@coppice/contract';
import { MIXED_COLUMNS, mixedCard, mixedRow } from '@coppice/testkit/mixed-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };
const random = seededRandom(1);
const train = Array.from({ length: 1000 }, () => mixedRow(random));
const card = mixedCard(train);
const reference = driftReference([card], () => card);

function reportOf(rows: { features: FeatureValue[]; label: number }[], columns: readonly string[] = MIXED_COLUMNS) {
  const window = new DriftWindow(config.window, reference.features);
  for (const row of rows) window.add({ columns, ...row, version: 'v1' });
  const report = driftReport(reference, window, config);
  // what a client reads is what the contract says
  expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  return report;
}

const draw = (n: number, change: (features: FeatureValue[]) => void = () => {}, seed = 5) => {
  const chance = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const row = mixedRow(chance);
    change(row.features);
    return row;
  });
};
const find = (report: DriftReport, name: string) =>
  report.features.find(({ feature }) => feature === name) as DriftReport['features'][number];
const island = (report: DriftReport) => find(report, 'island') as ValuesDrift;
const total = ({ values, unseen, missing }: ValuesDrift, of: 'training' | 'now') =>
  [...values, unseen, missing].reduce((sum, share) => sum + (share[of] ?? 0), 0);

describe('the drift report of features of any kind', () => {
  it('of no rows knows the training data only', () => {
    const report = reportOf([]);
    expect(island(report)).toMatchObject({
      ...{ kind: 'category', judged: false, verdict: 'island is not judged yet', chi_square: null, ks: null },
      missing: { training: 0, now: null, p_adjusted: null },
      unseen: { now: null, examples: [] },
    });
    expect(island(report).values.map(({ value }) => value)).toEqual(['Biscoe', 'Dream', 'Torgersen']);
    expect(total(island(report), 'training')).toBeCloseTo(1, 12);
  });

  it('of rows like the training’s finds nothing, and has each method only where it applies', () => {
    const report = reportOf(draw(500));
    expect(report).toMatchObject({ ready: true, drifted: false, verdict: 'no drift in the last 500 predictions' });
    for (const feature of report.features) {
      const measured = ['number', 'date'].includes(feature.kind);
      expect([feature.feature, feature.ks === null, feature.chi_square === null]).toEqual([
        feature.feature,
        !measured,
        measured,
      ]);
      expect(feature.psi).not.toBeNull();
      expect(feature.mean_std).not.toBeNull();
    }
    expect(report.score).toBeLessThan(0.15);
  });

  it('counts how far the shares moved as a category’s part of the score', () => {
    const all = reportOf(draw(500, (features) => features.fill('Lisbon', 4, 5)));
    expect(island(all).mean_std).toBeCloseTo(1, 10);
    expect(island(all).verdict).toBe('island: 100 % of rows are values that training never saw (“Lisbon”)');
    const none = reportOf(draw(500, (features) => features.fill(null, 0, 7)));
    for (const { feature, missing, drifted, mean_std, kind } of none.features) {
      expect([feature, missing.now, drifted]).toEqual([feature, 1, true]);
      if (kind === 'number') expect(mean_std).toBeNull();
    }
    expect(find(none, 'age').verdict).toBe('age: missing in 100 % of rows, 0 % in training');
  });

  it('names the most frequent of the values that are new, and how many rows have one', () => {
    const towns = ['Lisbon', 'Lisbon', 'Porto', 'a'.repeat(500)];
    const report = reportOf(
      draw(500).map((row, i) =>
        i < 40 ? { ...row, features: row.features.toSpliced(4, 1, towns[i % 4] as string) } : row,
      ),
    );
    expect(island(report).unseen).toMatchObject({
      now: 0.08,
      examples: [
        { value: 'Lisbon', now: 0.04 },
        { value: 'Porto', now: 0.02 },
        { value: `${'a'.repeat(59)}…`, now: 0.02 },
      ],
    });
  });

  it('does not judge a feature that too few rows have, and takes that for no gap', () => {
    const columns = MIXED_COLUMNS.slice(0, 4);
    const old = draw(400).map(({ features, label }) => ({ features: features.slice(0, 4), label }));
    const window = new DriftWindow(config.window, reference.features);
    for (const row of old) window.add({ columns, ...row, version: 'v1' });
    for (const row of draw(100)) window.add({ columns: MIXED_COLUMNS, ...row, version: 'v2' });
    const report = driftReport(reference, window, config);
    expect(report.drifted).toBe(false);
    expect(island(report)).toMatchObject({
      ...{ rows: 100, judged: false, drifted: false },
      verdict: 'island is not judged yet: 100 of 200 rows that have it',
      missing: { now: 0 },
    });
    expect(find(report, 'age')).toMatchObject({ rows: 500, judged: true });
  });

  it('has words that agree with its numbers, whatever happens', () => {
    const disturbance = fc.record({
      column: fc.nat(6),
      value: fc.constantFrom<FeatureValue>(null, 'Dream', 'Lisbon', 'town 3', 'pro', true, false, 40, '2024-03-31'),
      share: fc.constantFrom(0, 0.01, 0.05, 0.3, 1),
      rows: fc.constantFrom(0, 150, 200, 500),
      seed: fc.nat(1e6),
    });
    fc.assert(
      fc.property(disturbance, ({ column, value, share, rows, seed }) => {
        const chance = seededRandom(seed);
        const change = (features: FeatureValue[]) => {
          if (chance() < share) features[column] = value;
        };
        const report = reportOf(draw(rows, change, seed));
        const { level, threshold } = report;
        for (const one of report.features) {
          const { drifted, judged, ks, chi_square, psi, mean_std, missing, verdict } = one;
          const unseen = 'unseen' in one ? one.unseen : null;
          const found =
            ((ks ?? chi_square)?.p_adjusted ?? 1) < level ||
            (psi !== null && psi.value > psi.threshold) ||
            ((report.score ?? 0) > threshold && (mean_std ?? 0) > threshold) ||
            (missing.p_adjusted ?? 1) < level ||
            (unseen?.p_adjusted ?? 1) < level;
          expect(drifted).toBe(judged && found);
          expect(verdict.includes('like the training data')).toBe(judged && !drifted);
          if (drifted) expect(report.verdict).toContain(verdict);
          if ('values' in one && one.rows > 0) expect(total(one, 'now')).toBeCloseTo(1, 9);
          for (const [, what, now, was] of verdict.matchAll(/(\S+) (?:is|in) (\S+) % of rows, (\S+) % in training/g)) {
            const part =
              what === 'missing'
                ? missing
                : 'values' in one
                  ? one.values.find(({ value: known }) => known.endsWith(what as string))
                  : undefined;
            expect(Math.abs(Number(now) / 100 - (part?.now ?? -1))).toBeLessThan(0.00501);
            expect(Math.abs(Number(was) / 100 - (part?.training ?? -1))).toBeLessThan(0.00501);
            expect(now).not.toBe(was);
          }
          const [, fresh, never] = /(\S+) % of rows are values that (training never saw|the model)/.exec(verdict) ?? [];
          if (!fresh) continue;
          expect(Math.abs(Number(fresh) / 100 - (unseen?.now ?? -1))).toBeLessThan(0.00501);
          expect(unseen?.training === 0).toBe(never === 'training never saw');
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('says which version has seen the values that the model does not know', () => {
    const window = new DriftWindow(config.window, reference.features);
    draw(500).forEach((row, i) => {
      const features = row.features.with(
        MIXED_COLUMNS.indexOf('island'),
        i < 100 ? 'Atlantis' : (row.features[MIXED_COLUMNS.indexOf('island')] as string),
      );
      window.add({ columns: MIXED_COLUMNS, features, label: row.label, version: i < 100 ? 'v1' : 'v2' });
    });
    expect(island(driftReport(reference, window, config)).versions).toMatchObject([
      { version: 'v1', rows: 100, unseen: 100 },
      { version: 'v2', rows: 400, unseen: 0 },
    ]);
  });
});
