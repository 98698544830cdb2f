import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS } from './bucketed.ts';
import {
  harmLogE,
  RATIO_LIMITS,
  type RelativeRisk,
  type RiskEpoch,
  type RiskPair,
  relativeRisk,
  twoSidedLogE,
} from './relative-risk.ts';

/** All events in one bucket, so that they count fully. */
const pair = (t: number, c: number, share: number): RiskPair => ({ t, c, share });
const epoch = (t: number, c: number, share: number): RiskEpoch => ({
  candidate: Float64Array.of(t),
  baseline: Float64Array.of(c),
  share,
});

describe('evidence against the same risk', () => {
  // computed with scipy 1.17
  it.each([
    [8, 30, 0.1, 1.0918903054192],
    [3, 0, 0.01, 6.62485242447263],
    [0, 50, 0.1, -1.84046017682811],
  ])('of harm with %i events to %i at share %f is scipy’s', (t, c, share, logE) => {
    expect(harmLogE([pair(t, c, share)]) / logE).toBeCloseTo(1, 9);
  });

  it.each([
    [[pair(520, 480, 0.5)], 1, -0.670869960284053],
    [[pair(5300, 4700, 0.5)], 1, 14.6791646152101],
    [[pair(90, 910, 0.1), pair(450, 550, 0.5)], 1, 2.74847469706103],
    [[pair(90, 910, 0.1), pair(450, 550, 0.5)], 2, 0.583855886259639],
  ])('in either direction for %j with a design effect of %i is scipy’s', (pairs, d, logE) => {
    expect(twoSidedLogE(pairs, d) / logE).toBeCloseTo(1, 9);
  });
});

describe('the relative risk', () => {
  it('of one epoch is the ratio of rates', () => {
    expect(relativeRisk([epoch(8, 30, 0.1)], { alpha: 0.05 }).ratio).toBeCloseTo(2.4, 9);
  });

  it('of two epochs is scipy’s, with its interval', () => {
    const { ratio, interval } = relativeRisk([epoch(8, 30, 0.1), epoch(20, 10, 0.5)], { alpha: 0.05 });
    expect((ratio as number) / 2.18426517949484).toBeCloseTo(1, 9);
    expect((interval as number[])[0] as number).toBeCloseTo(0.851176200503108, 9);
    expect((interval as number[])[1] as number).toBeCloseTo(5.44222921421679, 9);
  });

  it('is unknown without events', () => {
    const nothing = { designEffect: 1, harmLogE: 0, logE: 0, ratio: null, interval: null };
    expect(relativeRisk([], { alpha: 0.05 })).toEqual({ events: { candidate: 0, baseline: 0 }, ...nothing });
    expect(relativeRisk([epoch(0, 0, 0.3)], { alpha: 0.05 })).toMatchObject(nothing);
  });

  it('is open to one side when only one arm has events', () => {
    const [lowest, highest] = RATIO_LIMITS;
    const harm = relativeRisk([epoch(30, 0, 0.1)], { alpha: 0.05 });
    expect([harm.ratio, harm.interval?.[1]]).toEqual([highest, highest]);
    expect(harm.interval?.[0]).toBeGreaterThan(1);
    const good = relativeRisk([epoch(0, 300, 0.1)], { alpha: 0.05 });
    expect([good.ratio, good.interval?.[0]]).toEqual([lowest, lowest]);
    expect(good.interval?.[1]).toBeLessThan(1);
  });

  it('counts a burst less than the same events spread over time', () => {
    const spread = { candidate: new Float64Array(BUCKETS).fill(1), baseline: new Float64Array(BUCKETS).fill(2) };
    const burst = { ...spread, candidate: new Float64Array(BUCKETS) };
    burst.candidate[7] = BUCKETS;
    const even = relativeRisk([{ ...spread, share: 0.1 }], { alpha: 0.05, buckets: BUCKETS });
    const uneven = relativeRisk([{ ...burst, share: 0.1 }], { alpha: 0.05, buckets: BUCKETS });
    expect(even.designEffect).toBe(1);
    expect(uneven.designEffect).toBeGreaterThan(20);
    expect(even.events).toEqual(uneven.events);
    expect(even.harmLogE).toBeGreaterThan(Math.log(20));
    expect(uneven.harmLogE).toBeLessThan(Math.log(20));
  });

  it('is worked out by hand for the design effect of two buckets', () => {
    // θ = 2 makes q = 2/3; residuals 4 − 2/3·4 = 4/3 and 2 − 2/3·5 = −4/3; 2·(16/9 + 16/9) / (2/9·9)
    const risk = relativeRisk([{ candidate: Float64Array.of(4, 2), baseline: Float64Array.of(0, 3), share: 0.5 }], {
      alpha: 0.05,
    });
    expect(risk.ratio).toBeCloseTo(2, 12);
    expect(risk.designEffect).toBeCloseTo(32 / 9, 12);
  });
});

const counts = fc.array(fc.nat(4), { minLength: BUCKETS, maxLength: BUCKETS }).map((all) => Float64Array.from(all));
const anyEpoch = fc.record({
  candidate: counts,
  baseline: counts,
  share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
});
const epochs = fc.array(anyEpoch, { minLength: 1, maxLength: 4 });
const risk = (all: RiskEpoch[]) => relativeRisk(all, { alpha: 0.05 });

function expectSame(a: RelativeRisk, b: RelativeRisk): void {
  expect(a.events).toEqual(b.events);
  for (const name of ['designEffect', 'harmLogE', 'logE', 'ratio'] as const)
    expect(a[name], name).toBeCloseTo(b[name] as number, 8);
  a.interval?.forEach((end, i) => {
    expect(Math.log(end)).toBeCloseTo(Math.log((b.interval as number[])[i] as number), 8);
  });
}

describe('for all epochs, the relative risk', () => {
  it('does not depend on the order of epochs and buckets, or on batches of one epoch', () => {
    fc.assert(
      fc.property(epochs, (all) => {
        const turned = all
          .map((one) => ({ ...one, candidate: one.candidate.toReversed(), baseline: one.baseline.toReversed() }))
          .toReversed();
        expectSame(risk(all), risk(turned));
        const first = all[0] as RiskEpoch;
        const nothing = new Float64Array(BUCKETS);
        const batches = [{ ...first, candidate: nothing }, { ...first, baseline: nothing }, ...all.slice(1)];
        expectSame(risk(all), risk(batches));
      }),
    );
  });

  it('is inverted when the arms change places', () => {
    fc.assert(
      fc.property(epochs, (all) => {
        const [found, swapped] = [
          risk(all),
          risk(
            all.map(({ candidate, baseline, share }) => ({
              candidate: baseline,
              baseline: candidate,
              share: 1 - share,
            })),
          ),
        ];
        if (found.ratio === null || found.interval === null || swapped.interval === null) return;
        expect(found.logE).toBeCloseTo(swapped.logE, 8);
        expect(Math.log(found.ratio)).toBeCloseTo(-Math.log(swapped.ratio as number), 8);
        expect(Math.log(found.interval[0])).toBeCloseTo(-Math.log(swapped.interval[1]), 8);
      }),
    );
  });

  it('lies in its interval, which holds 1 exactly while the evidence is short of 1/α', () => {
    fc.assert(
      fc.property(epochs, (all) => {
        const { ratio, interval, logE } = risk(all);
        if (ratio === null || interval === null) return;
        expect(interval[0]).toBeLessThanOrEqual(ratio);
        expect(interval[1]).toBeGreaterThanOrEqual(ratio);
        if (Math.abs(logE - Math.log(20)) > 1e-6)
          expect(interval[0] <= 1 && interval[1] >= 1).toBe(logE < Math.log(20));
      }),
    );
  });

  it('ignores an epoch in which only one arm was there', () => {
    fc.assert(
      fc.property(epochs, counts, (all, events) => {
        const nothing = new Float64Array(BUCKETS);
        const buckets = BUCKETS;
        const [found, more] = [
          all,
          [
            ...all,
            { candidate: events, baseline: nothing, share: 1 },
            { candidate: nothing, baseline: events, share: 0 },
          ],
        ].map((some) => relativeRisk(some, { alpha: 0.05, buckets }));
        expectSame({ ...(more as RelativeRisk), events: (found as RelativeRisk).events }, found as RelativeRisk);
      }),
    );
  });
});
