import { benjaminiHochberg } from '@coppice/statistics/benjamini-hochberg';
import { homogeneity } from '@coppice/statistics/chi-square';
import { fisherExact } from '@coppice/statistics/fisher-exact';
import { ksTest } from '@coppice/statistics/kolmogorov-smirnov';
import { type Compared, type ComparedMeasured, type ComparedValues, hasFigures } from './compared.ts';
import { expectedUnseen, testedMix } from './values-mix.ts';

/** A feature's tests; the p-values are adjusted over all tests of all features. Null: there is nothing to test. */
export type Tests = {
  /** KS of figures, χ² of values. */
  distribution: { statistic: number; p_value: number; p_adjusted: number } | null;
  missing: number | null;
  unseen: number | null;
};
export type Tested = Compared & { tests: Tests };

type Test = { statistic: number; pValue: number } | null;

/**
 * Tests every feature against its training rows: its distribution, the share of missing values, and whether more values
 * are unseen than training lets expect. All p-values together are adjusted by Benjamini and Hochberg.
 */
export function testFeatures(features: readonly Compared[]): Tested[] {
  const tests = features.map((feature) => ({
    distribution: hasFigures(feature) ? figuresTest(feature) : valuesTest(feature),
    missing: missingTest(feature),
    unseen: hasFigures(feature) ? null : unseenTest(feature),
  }));
  const all = tests.flatMap(({ distribution, missing, unseen }) => [distribution?.pValue ?? null, missing, unseen]);
  const adjusted = benjaminiHochberg(all.filter((p) => p !== null)).values();
  const next = () => adjusted.next().value as number;
  return features.map((feature, i) => {
    const { distribution, missing, unseen } = tests[i] as (typeof tests)[number];
    return {
      ...feature,
      tests: {
        distribution: distribution && {
          statistic: distribution.statistic,
          p_value: distribution.pValue,
          p_adjusted: next(),
        },
        missing: missing === null ? null : next(),
        unseen: unseen === null ? null : next(),
      },
    };
  });
}

/** Compared as 32-bit floats, which some clients send: 0.2 as such a float is above 0.2, so ties would count as a shift. */
function figuresTest({ reference, seen }: ComparedMeasured): Test {
  return seen.sorted.length === 0 ? null : ksTest(reference.sample32, seen.sorted.map(Math.fround));
}

function valuesTest(feature: ComparedValues): Test {
  const { training, now } = testedMix(feature);
  return homogeneity(now, training);
}

/** Null where no row may be without a value. */
function missingTest({ reference, seen }: Compared): number | null {
  if (!reference.nullable) return null;
  const training = { count: reference.missing, rows: reference.rows };
  return fisherExact({ count: seen.missing, rows: seen.rows }, training, 'differs');
}

function unseenTest({ reference, seen }: ComparedValues): number | null {
  if (reference.card.kind === 'boolean') return null;
  const training = { count: expectedUnseen(reference), rows: reference.rows };
  return fisherExact({ count: seen.unseen, rows: seen.rows }, training, 'greater');
}
