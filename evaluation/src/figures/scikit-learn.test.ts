import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateAnswers } from '../evaluate-answers.ts';
import type { Evaluated } from './answers.ts';

type Columns = (number | null)[];
type OfClass = {
  index: number;
  thresholds: Record<'precision' | 'recall' | 'f1' | 'answered', Columns>;
  auc?: number;
  roc?: [number[], number[]];
  average_precision?: number;
  precision_recall?: [number[], number[]];
};
type Case = {
  name: string;
  actual: number[];
  answered: number[];
  probabilities: number[];
  expected: Record<'accuracy' | 'macro_f1' | 'log_loss' | 'brier', number> &
    Record<'precision' | 'recall' | 'f1' | 'support', Columns> & {
      confusion: number[][];
      calibration: [number[], number[]];
      classes: OfClass[];
    };
};

/** Made by fixtures/scikit_learn.py. */
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('fixtures/scikit-learn.json', import.meta.url), 'utf8'),
);

describe.each(cases)('of $name', ({ actual, answered, probabilities, expected }) => {
  const classes = expected.support.map((_, index) => `class ${index}`);
  const evaluated: Evaluated = {
    model: 'fixed',
    classes,
    features: [],
    rows: actual.map(() => []),
    actual,
    answers: { answered, probabilities: Float64Array.from(probabilities) },
    trained: null,
    costs: null,
    infer: () => Promise.reject(new Error('no feature is shuffled')),
    seed: 1,
  };
  const report = evaluateAnswers(evaluated);

  it('accuracy, confusion, precision, recall, F1 and support are scikit-learn’s', async () => {
    const { accuracy, confusion, per_class, macro_f1 } = await report;
    expectEqual([accuracy.value, macro_f1], [expected.accuracy, expected.macro_f1]);
    expect(confusion).toEqual(expected.confusion);
    for (const figure of ['precision', 'recall', 'f1', 'support'] as const)
      expectEqual(
        per_class.map((one) => one[figure]),
        expected[figure],
      );
  });

  it('log loss, Brier score and calibration curve are scikit-learn’s', async () => {
    const { log_loss, calibration } = await report;
    expectEqual([log_loss, calibration?.brier ?? null], [expected.log_loss, expected.brier]);
    const bins = calibration?.bins ?? [];
    expectEqual(
      bins.map(({ probability }) => probability),
      expected.calibration[0],
    );
    expectEqual(
      bins.map(({ right }) => right),
      expected.calibration[1],
    );
  });

  it('curves with their areas are scikit-learn’s, of the classes that have rows with and without', async () => {
    const { roc, precision_recall } = await report;
    const drawn = expected.classes.filter((one) => one.auc !== undefined);
    const names = drawn.map(({ index }) => classes[index]);
    expect(roc.map((one) => one.class)).toEqual(names);
    expect(precision_recall.map((one) => one.class)).toEqual(names);
    for (const [i, one] of drawn.entries()) {
      expectEqual([roc[i]?.auc, precision_recall[i]?.average_precision], [one.auc, one.average_precision]);
      expectEqual(roc[i]?.points.flat(), zipped(one.roc));
      expectEqual(precision_recall[i]?.points.flat(), zipped(one.precision_recall));
    }
  });

  it('thresholds give scikit-learn’s precision, recall and F1', async () => {
    const { thresholds } = await report;
    const shown = classes.length === 2 ? expected.classes.slice(1) : expected.classes;
    expect(thresholds.map((one) => one.class)).toEqual(shown.map(({ index }) => classes[index]));
    for (const [i, { thresholds: columns }] of shown.entries())
      for (const figure of ['precision', 'recall', 'f1', 'answered'] as const)
        expectEqual(
          thresholds[i]?.rows.map((row) => row[figure]),
          columns[figure],
        );
  });
});

const zipped = ([x, y]: [number[], number[]] = [[], []]) => x.flatMap((one, i) => [one, y[i] as number]);

type Figures = readonly (number | null | undefined)[];

/** Equal to 1e-9, of the value itself where that is above 1; null only where null is. */
function expectEqual(found: Figures = [], wanted: Figures): void {
  expect(found).toHaveLength(wanted.length);
  const wrong = found.flatMap((one, i) => {
    const other = wanted[i];
    if (typeof one !== 'number' || typeof other !== 'number') return one === other ? [] : [[i, one, other]];
    return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other)) ? [] : [[i, one, other]];
  });
  expect(wrong).toEqual([]);
}
