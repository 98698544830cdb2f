import { expect, it } from 'vitest';
import { reportWarnings } from './report-warnings.ts';

type Looked = Parameters<typeof reportWarnings>[0];

/** A report about which nothing is odd. */
const fine: Looked = {
  format: 1,
  model: 'm',
  rows: 400,
  classes: ['no', 'yes'],
  accuracy: { value: 0.9, interval: [0.87, 0.93] },
  majority: { class: 'no', accuracy: 0.6 },
  macro_f1: 0.9,
  log_loss: 0.3,
  per_class: [classOf('no', 240), classOf('yes', 160)],
  confusion: [],
  roc: [],
  precision_recall: [],
  calibration: { ece: 0.02, brier: 0.1, bins: [bin(200, 0.98, 0.97), bin(200, 0.85, 0.83)] },
  thresholds: [],
  importance: [loss('x', 0.15), loss('y', 0.1)],
  slices: [],
  business: null,
  trainedKnown: true,
  measured: { rows: 400, repeats: 5 },
  oddRows: 0,
};

it('nothing is said of a report in order', () => {
  expect(reportWarnings(fine)).toEqual([]);
});

it.each<[string, Partial<Looked>]>([
  [
    'There are only 30 test rows: accuracy may be anything from 87 % to 93 %.',
    { rows: 30, measured: { rows: 30, repeats: 5 } },
  ],
  [
    'There is only 1 test row: accuracy may be anything from 87 % to 93 %.',
    { rows: 1, measured: { rows: 1, repeats: 5 } },
  ],
  [
    'No test row is of the class "yes": how well the model finds it is unknown.',
    { per_class: [classOf('no', 400), classOf('yes', 0)] },
  ],
  [
    'No test row is of the classes "a" and "b": how well the model finds them is unknown.',
    { per_class: [classOf('no', 400), classOf('a', 0), classOf('b', 0)] },
  ],
  [
    'The class "yes" has fewer than 10 test rows: its figures are guesses.',
    { per_class: [classOf('no', 391), classOf('yes', 9)] },
  ],
  [
    'The classes "a" and "b" have fewer than 10 test rows each: their figures are guesses.',
    { per_class: [classOf('no', 398), classOf('a', 1), classOf('b', 1)] },
  ],
  [
    'Accuracy (90 %, interval 87 % to 93 %) is not shown to be above that of always answering "no" (88 %).',
    { majority: { class: 'no', accuracy: 0.88 } },
  ],
  [
    'Accuracy (90 %, interval 87 % to 93 %) is below that of always answering "no" (95 %).',
    { majority: { class: 'no', accuracy: 0.95 } },
  ],
  ['The training rows are unknown: the majority class is that of the test rows.', { trainedKnown: false }],
  [
    '"x" alone decides: shuffled, it costs 28 points of accuracy, and no other feature more than 1. If it is known only after the outcome, the model is of no use.',
    { importance: [loss('x', 0.28), loss('y', 0.01), loss('z', -0.002)] },
  ],
  ['The model answers no probabilities: there are no curves, no calibration and no thresholds.', { calibration: null }],
  ['The probabilities of 3 test rows do not add up to 1.', { oddRows: 3 }],
  ['The probabilities of 1 test row do not add up to 1.', { oddRows: 1 }],
  ['The probabilities of all rows do not add up to 1.', { oddRows: 400 }],
  [
    'Probabilities are not calibrated: of 200 rows answered with 97 % on average, 80 % are right.',
    { calibration: { ece: 0.1, brier: 0.1, bins: [bin(200, 0.97, 0.8), bin(200, 0.85, 0.83)] } },
  ],
  ['Importance is measured on 300 rows of 400, shuffled 1 time each.', { measured: { rows: 300, repeats: 1 } }],
])('%s', (sentence, part) => {
  expect(reportWarnings({ ...fine, ...part })).toEqual([sentence]);
});

it.each<[string, Partial<Looked>]>([
  ['a model of one feature', { importance: [loss('x', 0.3)] }],
  ['a distance that few rows may have by chance', { calibration: { ece: 0.2, brier: 0.1, bins: [bin(5, 0.95, 0.6)] } }],
  ['a sure distance that does not matter', { calibration: { ece: 0.04, brier: 0.1, bins: [bin(9000, 0.95, 0.92)] } }],
  ['probabilities of 1 that all come true', { calibration: { ece: 0, brier: 0, bins: [bin(30, 1, 1)] } }],
])('nothing is said of %s', (_, part) => {
  expect(reportWarnings({ ...fine, ...part })).toEqual([]);
});

function classOf(name: string, support: number) {
  return { class: name, precision: 0.9, recall: 0.9, f1: 0.9, support };
}
function bin(rows: number, probability: number, right: number) {
  return { from: 0.8, to: 0.9, rows, probability, right };
}
function loss(feature: string, value: number): Looked['importance'][number] {
  return { feature, loss: value, interval: [value, value] };
}
