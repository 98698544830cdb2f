import type { ModelReport } from '@coppice/contract';
import { binomialTest } from '@coppice/statistics/binomial-test';
import { counted, percent, quotedNames } from './words.ts';

/** The figures, and what else is known of how they came about. */
type Looked = Omit<ModelReport, 'warnings'> & {
  /** Whether the majority is that of the training rows. */
  trainedKnown: boolean;
  /** Rows and shuffles by which importance was measured. */
  measured: { rows: number; repeats: number };
  /** Rows whose probabilities do not add up to 1. */
  oddRows: number;
};

const FEW_ROWS = 100;
const FEW_OF_CLASS = 10;
/** A distance between probability and share of right answers that matters. */
const UNCALIBRATED = 0.05;
/** Of each of ten bins, so that 1 in 100 calibrated models is called uncalibrated at most. */
const CHANCE = 0.001;

/** What is odd about data and model, a sentence each; only what the numbers show. */
export function reportWarnings(looked: Looked): string[] {
  return [
    ...fewRows(looked),
    ...rareClasses(looked),
    ...baseline(looked),
    ...aloneDecides(looked),
    ...probabilities(looked),
    ...sampled(looked),
  ];
}

function fewRows({ rows, accuracy }: Looked): string[] {
  if (rows >= FEW_ROWS) return [];
  const [low, high] = accuracy.interval;
  const there = rows === 1 ? 'There is only 1 test row' : `There are only ${counted(rows, 'test row')}`;
  return [`${there}: accuracy may be anything from ${percent(low)} to ${percent(high)}.`];
}

function rareClasses({ per_class, rows }: Looked): string[] {
  const namesOf = (few: (support: number) => boolean) =>
    per_class.filter(({ support }) => few(support)).map(({ class: name }) => name);
  const empty = namesOf((support) => support === 0);
  const rare = namesOf((support) => support > 0 && support < FEW_OF_CLASS);
  const one = empty.length === 1;
  return [
    ...(empty.length > 0
      ? [
          `No test row is of the ${one ? 'class' : 'classes'} ${quotedNames(empty)}: how well the model finds ${one ? 'it' : 'them'} is unknown.`,
        ]
      : []),
    // of few rows in all, the first warning says enough
    ...(rare.length > 0 && rows >= FEW_ROWS
      ? [
          rare.length === 1
            ? `The class ${quotedNames(rare)} has fewer than ${FEW_OF_CLASS} test rows: its figures are guesses.`
            : `The classes ${quotedNames(rare)} have fewer than ${FEW_OF_CLASS} test rows each: their figures are guesses.`,
        ]
      : []),
  ];
}

function baseline({ accuracy, majority, trainedKnown }: Looked): string[] {
  const always = `always answering ${quotedNames([majority.class])} (${percent(majority.accuracy)})`;
  const [low, high] = accuracy.interval;
  const where = `Accuracy (${percent(accuracy.value)}, interval ${percent(low)} to ${percent(high)})`;
  return [
    ...(trainedKnown ? [] : ['The training rows are unknown: the majority class is that of the test rows.']),
    ...(high < majority.accuracy
      ? [`${where} is below that of ${always}.`]
      : low <= majority.accuracy
        ? [`${where} is not shown to be above that of ${always}.`]
        : []),
  ];
}

/** One feature whose shuffling takes most of what the model gains over the majority, while no other one matters. */
function aloneDecides({ importance, accuracy, majority }: Looked): string[] {
  const [first, ...others] = importance;
  const gain = accuracy.value - majority.accuracy;
  if (!first || others.length === 0 || accuracy.interval[0] <= majority.accuracy) return [];
  if (first.loss < 0.75 * gain || others.some(({ loss }) => loss > 0.05 * first.loss)) return [];
  const points = (loss: number) => Math.round(loss * 1000) / 10;
  const most = points(Math.max(0, ...others.map(({ loss }) => loss)));
  return [
    `${quotedNames([first.feature])} alone decides: shuffled, it costs ${counted(points(first.loss), 'point')} of accuracy, and no other feature more than ${most}. If it is known only after the outcome, the model is of no use.`,
  ];
}

function probabilities({ calibration, oddRows, rows }: Looked): string[] {
  if (calibration === null)
    return ['The model answers no probabilities: there are no curves, no calibration and no thresholds.'];
  const wrong = calibration.bins
    .filter(
      (bin) =>
        Math.abs(bin.probability - bin.right) >= UNCALIBRATED &&
        binomialTest(Math.round(bin.right * bin.rows), bin.rows, bin.probability) < CHANCE,
    )
    .sort((a, b) => b.rows * Math.abs(b.probability - b.right) - a.rows * Math.abs(a.probability - a.right));
  const worst = wrong[0];
  return [
    ...(oddRows > 0
      ? [`The probabilities of ${oddRows === rows ? 'all rows' : counted(oddRows, 'test row')} do not add up to 1.`]
      : []),
    ...(worst
      ? [
          `Probabilities are not calibrated: of ${counted(worst.rows, 'row')} answered with ${percent(worst.probability)} on average, ${percent(worst.right)} ${worst.rows === 1 ? 'is' : 'are'} right.`,
        ]
      : []),
  ];
}

function sampled({ measured, rows }: Looked): string[] {
  return measured.rows < rows
    ? [
        `Importance is measured on ${counted(measured.rows, 'row')} of ${rows.toLocaleString('en')}, shuffled ${counted(measured.repeats, 'time')} each.`,
      ]
    : [];
}
