import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, type Bucketed, type EpochPair, emptyBucketed } from './bucketed.ts';
import { type MeanDifference, meanDifference, oneSidedBounds } from './mean-difference.ts';

/** A 0/1 metric with `n` rows and `sum` ones in each of the first buckets. */
function arm(n: number[], sum: number[]): Bucketed {
  const values = emptyBucketed();
  values.n.set(n);
  values.sum.set(sum);
  values.squares.set(sum);
  return values;
}

const single = [{ candidate: arm([3461], [2422]), baseline: arm([3000], [1396]) }];
const twoEpochs = [
  { candidate: arm([400], [352]), baseline: arm([3600], [3330]) },
  { candidate: arm([2000], [1700]), baseline: arm([2000], [1780]) },
];
const fourBuckets = [{ candidate: arm([10, 12, 8, 10], [9, 10, 8, 7]), baseline: arm([11, 9, 10, 10], [10, 9, 8, 9]) }];

/** All numbers of a difference, by name. */
function numbers(d: MeanDifference | null): Record<string, number> {
  const { interval, vb, vb0, ...rest } = d as MeanDifference;
  return { ...rest, vb: vb ?? Number.NaN, vb0: vb0 ?? Number.NaN, low: interval[0], high: interval[1] };
}

function expectNumbers(found: MeanDifference | null, expected: Record<string, number>): void {
  const all = numbers(found);
  for (const [name, value] of Object.entries(expected))
    expect(Math.abs((all[name] as number) - value), name).toBeLessThanOrEqual(1e-9 * Math.abs(value));
}

describe('the difference of two means', () => {
  it('of one epoch is scipy’s, and gbstats’ effect and information', () => {
    expectNumbers(meanDifference(single, { alpha: 0.05, useBuckets: false }), {
      effect: 0.23446441298276,
      h: 1607.02677604086,
      v0: 388.529448046511,
      v1: 371.051937987913,
      standardError: 0.0122656016950068,
      bound: 3.03836813536743,
      low: 0.197196999631543,
      high: 0.271731826333978,
      p: 1.82136779932177e-72,
    });
  });

  it('of two epochs with different shares is scipy’s', () => {
    expectNumbers(meanDifference(twoEpochs, { alpha: 0.05, useBuckets: false }), {
      effect: -56.2 / 1360,
      h: 1360,
      v0: 139.479579894974,
      v1: 149.554722507796,
      designEffect: 1.07223381817187,
      standardError: 0.00899210060709827,
      bound: 3.03515068938987,
      low: -0.0686159097684621,
      high: -0.0140311490550674,
      p: 0.000250634861640788,
    });
  });

  it('counts rows by bucket as scipy does', () => {
    const difference = meanDifference(fourBuckets, { alpha: 0.05 });
    expectNumbers(difference, { vb: 2.82, v0: 2.21518987341772, designEffect: 1.27302857142857, buckets: 4 });
    expect(difference?.variance).toBe(difference?.vb);
  });

  it('has one-sided bounds at twice the α', () => {
    const alpha = 1 / 60;
    const difference = meanDifference(twoEpochs, { alpha: 2 * alpha }) as MeanDifference;
    expect(oneSidedBounds(difference, alpha)).toEqual(difference.interval);
  });

  it.each([
    ['there is no epoch', []],
    ['each epoch has an empty arm', [{ candidate: arm([5], [3]), baseline: emptyBucketed() }]],
    ['all values are equal', [{ candidate: arm([5], [5]), baseline: arm([7], [7]) }]],
  ])('is null when %s', (_name, epochs) => {
    expect(meanDifference(epochs, { alpha: 0.05 })).toBeNull();
  });

  it('is null when an outcome is always 0.1, whatever rounding leaves', () => {
    const constant = emptyBucketed();
    for (let i = 0; i < 1000; i++) {
      const bucket = i % BUCKETS;
      constant.n[bucket] = (constant.n[bucket] as number) + 1;
      constant.sum[bucket] = (constant.sum[bucket] as number) + 0.1;
      constant.squares[bucket] = (constant.squares[bucket] as number) + 0.1 * 0.1;
    }
    expect(meanDifference([{ candidate: constant, baseline: constant }], { alpha: 0.05 })).toBeNull();
  });

  it('takes the variance between users from both arms while the candidate has few', () => {
    // users of 20 rows: one in five is always wrong, the others always right; the candidate has one who is wrong
    const baseline = arm(
      Array(BUCKETS).fill(20),
      Array.from({ length: BUCKETS }, (_, i) => (i % 5 === 0 ? 0 : 20)),
    );
    const few = meanDifference([{ candidate: arm([20], [0]), baseline }], { alpha: 0.05 }) as MeanDifference;
    expect(few.vb0).toBeGreaterThan(10 * few.v0);
    expect(few.variance).toBe(few.vb0);
    expect(few.interval[1]).toBeGreaterThan(0);
    const many = meanDifference([{ candidate: baseline, baseline }], { alpha: 0.05 });
    expect(many?.vb0).toBeNull();
    expect(meanDifference(single, { alpha: 0.05, useBuckets: false })?.vb0).toBeNull();
  });

  it('has no variance between buckets when all rows are in one', () => {
    expect(meanDifference(single, { alpha: 0.05 })).toMatchObject({ vb: null, vb0: null, buckets: 1 });
  });
});

const rows = fc.array(fc.tuple(fc.nat(BUCKETS - 1), fc.integer({ min: -20, max: 20 })), { maxLength: 60 });
const epoch = fc.record({ candidate: rows, baseline: rows });
const epochs = fc.array(epoch, { minLength: 1, maxLength: 4 });
type Rows = [number, number][];
type RowEpoch = { candidate: Rows; baseline: Rows };

function count(values: Rows): Bucketed {
  const counted = emptyBucketed();
  for (const [bucket, value] of values) {
    counted.n[bucket] = (counted.n[bucket] as number) + 1;
    counted.sum[bucket] = (counted.sum[bucket] as number) + value;
    counted.squares[bucket] = (counted.squares[bucket] as number) + value * value;
  }
  return counted;
}
const pairs = (all: RowEpoch[]): EpochPair[] =>
  all.map(({ candidate, baseline }) => ({ candidate: count(candidate), baseline: count(baseline) }));
const difference = (all: EpochPair[]) => meanDifference(all, { alpha: 0.05 });

function expectSame(a: MeanDifference | null, b: MeanDifference | null): void {
  expect(a === null).toBe(b === null);
  if (a === null) return;
  const [x, y] = [numbers(a), numbers(b)];
  for (const name of Object.keys(x))
    if (!Number.isNaN(x[name])) expect(x[name], name).toBeCloseTo(y[name] as number, 9);
}

describe('for all epochs, the difference of two means', () => {
  it('does not depend on the order of rows and epochs', () => {
    fc.assert(
      fc.property(epochs, (all) => {
        const turned = all
          .map(({ candidate, baseline }) => ({ candidate: candidate.toReversed(), baseline: baseline.toReversed() }))
          .toReversed();
        expectSame(difference(pairs(all)), difference(pairs(turned)));
      }),
    );
  });

  it('does not depend on how rows came in batches', () => {
    fc.assert(
      fc.property(rows, rows, rows, (first, second, baseline) => {
        const [a, b] = [count(first), count(second)];
        const added: Bucketed = {
          n: a.n.map((x, i) => x + (b.n[i] as number)),
          sum: a.sum.map((x, i) => x + (b.sum[i] as number)),
          squares: a.squares.map((x, i) => x + (b.squares[i] as number)),
        };
        const atOnce = pairs([{ candidate: [...first, ...second], baseline }]);
        expectSame(difference([{ candidate: added, baseline: count(baseline) }]), difference(atOnce));
      }),
    );
  });

  it('is mirrored when the arms change places', () => {
    fc.assert(
      fc.property(epochs, (all) => {
        const [found, swapped] = [
          difference(pairs(all)),
          difference(pairs(all.map(({ candidate, baseline }) => ({ candidate: baseline, baseline: candidate })))),
        ];
        const mirrored = swapped && {
          ...swapped,
          effect: -swapped.effect,
          interval: [-swapped.interval[1], -swapped.interval[0]] as [number, number],
        };
        expectSame(found, mirrored);
      }),
    );
  });

  it('ignores an epoch with an empty arm', () => {
    fc.assert(
      fc.property(epochs, rows, (all, alone) => {
        const more = [...pairs(all), ...pairs([{ candidate: alone, baseline: [] }])];
        expect(difference(more)).toEqual(difference(pairs(all)));
      }),
    );
  });

  it('does not change when everybody gets the same added to their outcome in an epoch', () => {
    fc.assert(
      fc.property(epochs, fc.integer({ min: -9, max: 9 }), (all, shift) => {
        const move = (values: Rows) => values.map(([bucket, value]): [number, number] => [bucket, value + shift]);
        const moved = all.map((one, i) =>
          i === 0 ? { candidate: move(one.candidate), baseline: move(one.baseline) } : one,
        );
        expectSame(difference(pairs(all)), difference(pairs(moved)));
      }),
    );
  });
});
