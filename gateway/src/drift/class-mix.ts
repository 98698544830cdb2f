import type { ClassMix } from '@coppice/contract';
import { homogeneity } from '@coppice/statistics/chi-square';
import { ALARM_LEVEL } from './alarm-level.ts';
import type { ExpectedMix } from './reference.ts';
import { classVerdict } from './verdict.ts';

/** Fewer predictions of a version say nothing about its classes. */
export const LEAST_ROWS = 30;

/** Test rows are few. A false alarm by rare classes would also have to come from the many training rows. */
const LEAST_EXPECTED = { test: 1, training: 5 };

type Judged = Pick<ClassMix, 'reference' | 'drifted' | 'chi_square' | 'p_value'> & {
  expected: readonly number[];
  never: readonly boolean[];
};

/**
 * Prediction drift of one version: compares the classes that it predicts with what it predicted for its unseen test rows,
 * by a χ² test of homogeneity that accounts for few reference rows, and each class that is missing by itself. A forest
 * that knows its training rows by heart answers them with their true classes, whatever it predicts for others; so a mix
 * like the training's is no drift either.
 */
export function classMix(version: string, expected: ExpectedMix, counts: readonly number[]): ClassMix {
  const { classes, test, training } = expected;
  const own = test && judge('test', test, counts);
  const seen = own && !own.drifted ? own : judge('training', training, counts);
  const { expected: shares, never, ...figures } = own && seen.drifted ? own : seen;
  const rows = sum(counts);
  const mix = {
    version,
    rows,
    since: null,
    ...figures,
    classes: classes.map((name, i) => ({ class: name, expected: shares[i] ?? 0, now: (counts[i] ?? 0) / rows })),
    never_predicted: classes.filter((_, i) => never[i]),
  };
  return { ...mix, verdict: classVerdict(mix) };
}

function judge(reference: Judged['reference'], known: readonly number[], counts: readonly number[]): Judged {
  const { statistic, pValue } = homogeneity(counts, known, LEAST_EXPECTED[reference]);
  const total = sum(known);
  const rows = sum(counts);
  const never = known.map((n, i) => counts[i] === 0 && chanceOfNone(n, total, rows) < ALARM_LEVEL / known.length);
  return {
    reference,
    drifted: pValue < ALARM_LEVEL || never.includes(true),
    expected: known.map((n) => n / total),
    never,
    chi_square: statistic,
    p_value: pValue,
  };
}

/** The probability that, of `n` rows of a class among `known` and `rows` rows together, all are among the known ones. */
function chanceOfNone(n: number, known: number, rows: number): number {
  let chance = 1;
  for (let i = 0; i < Math.floor(n); i++) chance *= (known - i) / (known + rows - i);
  return n >= 1 ? chance : 1;
}

const sum = (values: readonly number[]) => values.reduce((x, y) => x + y, 0);
