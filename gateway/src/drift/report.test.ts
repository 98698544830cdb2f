import { type ModelCard, driftReport as schema } from '@coppice/contract';
import { cardOf, type Row } from '@coppice/testkit/card-of-rows';
import { measuredDrift } from '@coppice/testkit/measured-drift';
import { iris, irisTraining, pick } from '@coppice/testkit/sample-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };
const flowers = iris();
const train = irisTraining(flowers.rows, seededRandom(1));

const referenceOf = (card: ModelCard) => driftReference([card], () => card);

function reportOf(rows: readonly Row[], training = train, names = flowers.names) {
  const reference = referenceOf(cardOf(training, names));
  const window = new DriftWindow(config.window, reference.features);
  for (const { features, label } of rows) window.add({ columns: names, features, label, version: 'v1' });
  const report = driftReport(reference, window, config);
  // what a client reads is what the contract says
  expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  return report;
}

const draw = (n: number, change: (row: Row) => Row = (row) => row) => {
  const random = seededRandom(5);
  return Array.from({ length: n }, () => change(pick(train, random)));
};

describe('the drift report', () => {
  it('of no predictions knows the training data only', () => {
    const report = reportOf([]);
    expect(report).toMatchObject({ ready: false, samples: 0, samples_missing: 200, score: null, drifted: false });
    expect(report.features[0]).toMatchObject({ feature: 'sepal_length', now: null, ks: null, psi: null });
    expect(measuredDrift(report, 0).training.histogram.counts.reduce((x, y) => x + y)).toBe(120);
  });

  it('of too few predictions shows them and judges nothing, however strange they are', () => {
    const report = reportOf(draw(199, ({ label }) => ({ features: [99, 99, 99, 99], label })));
    expect(report).toMatchObject({ ready: false, samples: 199, samples_missing: 1, score: null, drifted: false });
    expect(measuredDrift(report, 3).now?.mean).toBe(99);
    expect(report.prediction).toBeNull();
  });

  it('of traffic like the training data finds nothing', () => {
    const report = reportOf(draw(500));
    expect(report).toMatchObject({ ready: true, drifted: false, verdict: 'no drift in the last 500 predictions' });
    expect(report.score).toBeLessThan(0.1);
    expect(report.features.map((feature) => feature.drifted)).toEqual([false, false, false, false]);
    expect(report.prediction?.drifted).toBe(false);
  });

  it('names the feature that shifted, though the overall score does not see it', () => {
    const shifted = draw(500, ({ features: [a, b, c, d], label }) => ({
      features: [a, b, c, (d as number) + 1.5 * 0.76] as number[],
      label,
    }));
    const report = reportOf(shifted);
    expect(report.score).toBeLessThan(0.3);
    expect(report.drifted).toBe(true);
    expect(report.verdict).toBe('drift: petal_width is 1.5 σ above its training mean');
  });

  it('counts the rows beyond the training range on each side, and says what each version has of a drifted feature', () => {
    const rows = draw(500).map(({ features, label }, i) => ({
      features: [...features.slice(0, 3), i < 250 ? 9 : i < 270 ? -1 : (features[3] as number)],
      label,
    }));
    const reference = referenceOf(cardOf(train, flowers.names));
    const window = new DriftWindow(config.window, reference.features);
    rows.forEach(({ features, label }, i) => {
      window.add({ columns: flowers.names, features, label, version: i < 270 ? 'v10' : 'v2' });
    });
    const report = driftReport(reference, window, config);
    expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const petal = measuredDrift(report, 3);
    expect(petal.outside).toEqual({ below: 20, above: 250 });
    expect(petal.versions).toMatchObject([
      { version: 'v2', rows: 230, missing: 0, outside: 0 },
      { version: 'v10', rows: 270, missing: 0, outside: 270 },
    ]);
    const [v2, v10] = petal.versions.map(({ mean_shift }) => mean_shift ?? Number.NaN);
    expect(((v2 ?? 0) * 230 + (v10 ?? 0) * 270) / 500).toBeCloseTo(petal.mean_shift ?? Number.NaN, 10);
    expect(measuredDrift(report, 0).versions).toEqual([]);
  });

  it('counts no row as beyond the training range that sends its end as a 32-bit float', () => {
    const training = train.map(({ label }, i) => ({ features: [i % 2 === 0 ? 0.1 : 0.7], label }));
    const sent = draw(200).map(({ label }, i) => ({ features: [Math.fround(i % 2 === 0 ? 0.1 : 0.7)], label }));
    expect(measuredDrift(reportOf(sent, training, ['x']), 0).outside).toEqual({ below: 0, above: 0 });
  });

  it('takes values that went through 32-bit floats for equal', () => {
    const report = reportOf(draw(500, ({ features, label }) => ({ features: features.map(Math.fround), label })));
    const same = reportOf(draw(500));
    expect(report.drifted).toBe(false);
    report.features.forEach(({ ks, psi }, i) => {
      expect(ks).toEqual(same.features[i]?.ks);
      expect(psi).toEqual(same.features[i]?.psi);
    });
  });

  it('stays finite for constant features, for features of two values and for huge numbers', () => {
    const training = train.map(({ label }, i) => ({ features: [0.1, i % 2, i], label }));
    const names = ['constant', 'binary', 'plain'];
    const calm = reportOf(
      draw(500, ({ label }) => ({ features: [0.1, label % 2, 60], label })),
      training,
      names,
    );
    expect(calm.features[0]).toMatchObject({
      drifted: false,
      mean_std: 0,
      mean_shift: null,
      psi: { value: 0, threshold: 0 },
    });
    const wild = reportOf(
      draw(500, ({ label }) => ({ features: [Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324], label })),
      training,
      names,
    );
    expect(wild.features.map((feature) => feature.drifted)).toEqual([true, true, true]);
    expect(wild.features[0]?.verdict).toBe('constant differs from its constant training value in 100 % of rows');
    expect(wild.score).toBe(1);
  });

  it('shows a class mix that changed while the features did not', () => {
    const report = reportOf(draw(500, ({ features }) => ({ features, label: 2 })));
    expect(report.drifted).toBe(true);
    expect(report.verdict).toBe(
      'drift: v1: c2 is 100 % of predictions, 33 % of the training rows, c0 is never predicted, 33 % of the training rows, c1 is never predicted, 33 % of the training rows',
    );
  });

  it('is hardly moved by a single row, however strange', () => {
    const calm = reportOf(draw(500));
    const [first, ...others] = draw(500) as [Row, ...Row[]];
    const report = reportOf([{ ...first, features: [99_999, -99_999, 99_999, 99_999] }, ...others]);
    expect(report).toMatchObject({ drifted: false, verdict: 'no drift in the last 500 predictions' });
    expect((report.score ?? 1) - (calm.score ?? 0)).toBeLessThan(0.1);
    expect(report.features[0]).toMatchObject({
      far_outside: 1,
      verdict: 'sepal_length is like the training data; 1 row is far outside its training range',
    });
  });

  it('names the features that raise the score above its threshold, even if no other test finds them', () => {
    // 20 training rows are too few for the other tests to be sure of 0.66 σ
    const few = Array.from({ length: 20 }, (_, i) => ({ features: [i % 10, i % 10, i % 10], label: i % 2 }));
    const moved = Array.from({ length: 200 }, (_, i) => ({
      features: [(i % 10) + 1.9, (i % 10) - 1.9, (i % 10) + 1.5],
      label: i % 2,
    }));
    const report = reportOf(moved, few, ['a', 'b', 'c']);
    expect(report.score).toBeGreaterThan(0.3);
    for (const { ks, psi } of report.features) {
      expect(ks?.p_adjusted).toBeGreaterThan(report.level);
      expect(psi?.value).toBeLessThan(psi?.threshold ?? 0);
    }
    expect(report.features.map(({ drifted }) => drifted)).toEqual([true, true, false]);
    expect(report.verdict).toBe(
      'drift: a is 0.66 σ above its training mean; b is 0.66 σ below its training mean; the score is 0.31, above 0.30',
    );
  });

  it('takes a constant for equal that was sent as a 32-bit float, and counts the rows that differ', () => {
    const training = train.map(({ label }, i) => ({ features: [0.1, i], label }));
    const sent = (differing: number) =>
      Array.from({ length: 500 }, (_, i) => ({
        features: [i < differing ? 0.2 : Math.fround(0.1), i % 120],
        label: i % 3,
      }));
    const [calm, one, half] = [0, 1, 250].map((n) => reportOf(sent(n), training, ['constant', 'plain']));
    expect(calm).toMatchObject({ drifted: false });
    expect(calm?.features[0]?.mean_std).toBe(0);
    expect(one).toMatchObject({ drifted: false });
    expect(one?.features[0]?.mean_std).toBe(1 / 500);
    expect(half?.features[0]).toMatchObject({
      drifted: true,
      mean_std: 0.5,
      verdict: 'constant differs from its constant training value in 50 % of rows',
    });
  });
});
