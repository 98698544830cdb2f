import { type DriftReport, driftState, figuresApart, scoreWords } from '@coppice/contract';
import { cardOf } from '@coppice/testkit/card-of-rows';
import { measuredDrift } from '@coppice/testkit/measured-drift';
import { normal } from '@coppice/testkit/sample-rows';
import { type Random, seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const names = ['plain', 'skewed', 'binary', 'constant'];
const row = (random: Random) => ({
  features: [normal(random), Math.exp(normal(random)), random() < 0.1 ? 1 : 0, 0.1],
  label: Math.floor(4 * random() ** 2),
});
const train = (() => {
  const random = seededRandom(1);
  return Array.from({ length: 150 }, () => row(random));
})();
const card = cardOf(train, names);
/** v2 predicted its test rows otherwise than the training rows are. */
const cards = {
  v1: card,
  v2: { ...card, metrics: { ...card.metrics, rows: 40, confusion: [[30, 0, 0, 0], [0, 5, 0, 0], [0, 0, 5, 0], []] } },
};
const reference = driftReference([card], (version) => cards[version as keyof typeof cards] ?? null);

const disturbance = fc.record({
  rows: fc.integer({ min: 0, max: 400 }),
  feature: fc.nat(3),
  shift: fc.constantFrom(0, 0, 0.1, 0.3, 0.5, 1, -2, 40, 1e12),
  spread: fc.constantFrom(1, 1, 0, 0.7, 1.3, 5),
  share: fc.constantFrom(1, 1, 0.5, 0.02, 0.003),
  classes: fc.constantFrom('same', 'same', 'one', 'skewed', 'without the last'),
  threshold: fc.constantFrom(0.01, 0.1, 0.2, 0.3, 0.9),
  sent32: fc.boolean(),
  seed: fc.nat(1e6),
});

function draw(d: typeof disturbance extends fc.Arbitrary<infer T> ? T : never): DriftReport {
  const random = seededRandom(d.seed);
  const window = new DriftWindow(400, reference.features);
  for (let i = 0; i < d.rows; i++) {
    const { features, label } = row(random);
    if (random() < d.share) features[d.feature] = (features[d.feature] as number) * d.spread + d.shift;
    const said = {
      same: label,
      one: 1,
      skewed: random() < 0.5 ? 0 : label,
      'without the last': Math.min(label, 2),
    }[d.classes];
    const version = (['v1', 'v2', 'without a card'] as const)[i % 7 === 6 ? 2 : i % 2] as string;
    window.add({ columns: names, features: d.sent32 ? features.map(Math.fround) : features, label: said, version });
  }
  return driftReport(reference, window, { window: 400, minSamples: 100, threshold: d.threshold });
}

const reports = (check: (report: DriftReport) => void) =>
  fc.assert(
    fc.property(disturbance, (drawn) => check(draw(drawn))),
    { numRuns: 400, seed: 13 },
  );
/** As many significant digits as the words have. */
const near = (words: string, value: number) =>
  expect(Math.abs(Number(words) - value)).toBeLessThanOrEqual(0.051 * Math.abs(value) + 1e-9);

describe('verdict, words and numbers of any report agree', () => {
  it('on whether there is drift, and where', () => {
    reports((report) => {
      const { features, prediction, score, threshold, level } = report;
      for (const { drifted, ks, psi, mean_std } of features)
        expect(drifted).toBe(
          ks !== null &&
            psi !== null &&
            (ks.p_adjusted < level ||
              psi.value > psi.threshold ||
              ((score as number) > threshold && (mean_std as number) > threshold)),
        );
      for (const mix of prediction?.versions ?? [])
        expect(mix.drifted).toBe(mix.p_value < level || mix.never_predicted.length > 0);
      const sources = [...features, ...(prediction?.versions ?? [])].filter(({ drifted }) => drifted);
      expect(report.drifted).toBe(sources.length > 0);
      expect(prediction?.drifted ?? false).toBe((prediction?.versions ?? []).some(({ drifted }) => drifted));
      if ((score ?? 0) > threshold) expect(features.some(({ drifted }) => drifted)).toBe(true);
      expect(report.verdict.startsWith('drift: ')).toBe(report.drifted);
      expect(report.verdict.startsWith('not ready')).toBe(!report.ready);
      for (const { verdict } of sources) expect(report.verdict).toContain(verdict);
      for (const { drifted, feature } of features) if (!drifted) expect(report.verdict).not.toContain(`${feature} `);
      expect(report.verdict.includes('the score is')).toBe(report.drifted && (score ?? 0) > threshold);
    });
  });

  it('on how far each feature is from the training data', () => {
    reports(({ ready, features }) => {
      for (const [i, { drifted, verdict, mean_std, ks }] of features.entries()) {
        if (!ready) continue;
        const { mean_shift, std_ratio, far_outside } = measuredDrift({ features }, i);
        const suspected = (ks?.p_adjusted ?? 1) < 0.001;
        expect(verdict.includes('like the training data')).toBe(!drifted && !suspected);
        expect(verdict.includes('not certain yet')).toBe(!drifted && suspected);
        expect(verdict.includes('far outside')).toBe(far_outside > 0);
        const [, shift, side] = /is (\S+) σ (above|below)/.exec(verdict) ?? [];
        if (shift) near(side === 'above' ? shift : `-${shift}`, mean_shift as number);
        const [, ratio] = /has (\S+) times/.exec(verdict) ?? [];
        if (ratio) near(ratio, std_ratio as number);
        const [, share] = /in (\S+) % of rows/.exec(verdict) ?? [];
        if (share) expect(Math.abs(Number(share) / 100 - (mean_std as number))).toBeLessThan(0.00501);
      }
    });
  });

  it('on the classes of each version, against the mix that it was judged by', () => {
    reports(({ prediction }) => {
      for (const { version, rows, reference: by, classes, verdict, drifted, never_predicted } of prediction?.versions ??
        []) {
        expect(['v1', 'v2']).toContain(version);
        expect(rows).toBeGreaterThanOrEqual(30);
        // only v2 has a test split
        if (version === 'v1') expect(by).toBe('training');
        const expected = by === 'test' ? [0.75, 0.125, 0.125, 0] : card.classes.map(({ share }) => share);
        for (const [i, one] of classes.entries()) expect(one.expected).toBeCloseTo(expected[i] as number, 12);
        expect(verdict.includes('as expected')).toBe(!drifted);
        for (const name of never_predicted) {
          expect(classes.find((one) => one.class === name)?.now).toBe(0);
          expect(verdict).toContain(`${name} is never predicted`);
        }
        const [, name, now, was] = /: (\S+) is (\S+) % of predictions, (\S+) %/.exec(verdict) ?? [];
        if (!name) continue;
        const one = classes.find((other) => other.class === name) as (typeof classes)[number];
        expect(now).not.toBe(was);
        expect(Math.abs(Number(now) / 100 - one.now)).toBeLessThan(0.00501);
        expect(Math.abs(Number(was) / 100 - one.expected)).toBeLessThan(0.00501);
        expect(Number(now) > Number(was)).toBe(one.now > one.expected);
      }
    });
  });

  it('on the side of the threshold, as the page and the simulator write it', () => {
    reports(({ score, threshold, ready, drifted }) => {
      const words = scoreWords({ score, threshold });
      expect(driftState(ready, drifted)).toBe(!ready ? 'no verdict yet' : drifted ? 'drift' : 'no drift');
      const [, shown, side, limit] = /^(\S+), (not above|above) (\S+)$/.exec(words) ?? [];
      if (score === null) expect(words).toBe('not ready');
      else {
        expect(side).toBe(score > threshold ? 'above' : 'not above');
        expect(Number(shown) > Number(limit)).toBe(score > threshold);
      }
    });
  });

  it('on numbers that rounding would make equal', () => {
    expect(figuresApart(0.3004, 0.3)).toEqual(['0.3004', '0.3000']);
    expect(figuresApart(0.22, 0.3)).toEqual(['0.22', '0.30']);
    expect(figuresApart(0.3, 0.3)).toEqual(['0.30', '0.30']);
  });
});
