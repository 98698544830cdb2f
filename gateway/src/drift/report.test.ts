import { driftReport as schema } from '@coppice/contract';
import { cardOf, type Row } from '@coppice/testkit/card-of-rows';
import { iris, irisTraining, pick } from '@coppice/testkit/sample-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };
const flowers = iris();
const train = irisTraining(flowers.rows, seededRandom(1));

function reportOf(rows: readonly Row[], training = train, names = flowers.names) {
  const window = new DriftWindow(config.window, names.length);
  for (const { features, label } of rows) window.add(features, label);
  const report = driftReport(driftReference(cardOf(training, names)), window, config);
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
    expect(report.features[0]?.training.histogram.counts.reduce((x, y) => x + y)).toBe(120);
  });

  it('of too few predictions shows them and judges nothing, however strange they are', () => {
    const report = reportOf(draw(199, ({ label }) => ({ features: [99, 99, 99, 99], label })));
    expect(report).toMatchObject({ ready: false, samples: 199, samples_missing: 1, score: null, drifted: false });
    expect(report.features[3]?.now?.mean).toBe(99);
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

  it('takes values that went through 32-bit floats for the same', () => {
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
    expect(wild.features[0]?.verdict).toBe('constant no longer has its constant training value');
    expect(wild.score).toBe(1);
  });

  it('tells of a class mix that changed while the features did not', () => {
    const report = reportOf(draw(500, ({ features }) => ({ features, label: 2 })));
    expect(report.drifted).toBe(true);
    expect(report.verdict).toBe('drift: c2 is 100 % of predictions, 33 % of the training data');
  });
});
