import type { ModelReport } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { Evaluated } from './figures/answers.ts';
import { businessFigures } from './figures/business-figures.ts';
import { calibration } from './figures/calibration.ts';
import { checkEvaluated } from './figures/check-evaluated.ts';
import { classFigures, macroF1 } from './figures/class-figures.ts';
import { classScores } from './figures/class-scores.ts';
import { confusionMatrix } from './figures/confusion-matrix.ts';
import { costMatrix } from './figures/cost-matrix.ts';
import { cumulativeCounts } from './figures/cumulative-counts.ts';
import { logLoss } from './figures/log-loss.ts';
import { majority } from './figures/majority.ts';
import { oddProbabilities } from './figures/odd-probabilities.ts';
import { permutationImportance } from './figures/permutation-importance.ts';
import { precisionRecallCurve } from './figures/precision-recall-curve.ts';
import { reportWarnings } from './figures/report-warnings.ts';
import { rocCurve } from './figures/roc-curve.ts';
import { slices } from './figures/slices.ts';
import { thresholdTable } from './figures/threshold-table.ts';

/**
 * What a model's answers to its test rows are worth, in figures; the same seed gives the same report. Rejects with a RangeError
 * when there are no rows, or when rows, labels, answers or costs do not fit each other.
 */
export async function evaluateAnswers(evaluated: Evaluated): Promise<ModelReport> {
  checkEvaluated(evaluated);
  const { model, classes, rows, actual, answers, trained } = evaluated;
  const costs = evaluated.costs && costMatrix(classes, evaluated.costs);
  const confusion = confusionMatrix(classes.length, actual, answers.answered);
  const perClass = classFigures(classes, confusion);
  const right = confusion.reduce((sum, counts, index) => sum + (counts[index] as number), 0);
  const { index: baseline, ...majorityFigures } = majority(
    classes,
    perClass.map(({ support }) => support),
    trained,
  );
  const { importance, ...measured } = await permutationImportance(evaluated);
  const figures = {
    format: 1 as const,
    model,
    rows: rows.length,
    classes: [...classes],
    accuracy: { value: right / rows.length, interval: wilsonInterval(right, rows.length) },
    majority: majorityFigures,
    macro_f1: macroF1(perClass),
    per_class: perClass,
    confusion,
    ...probabilityFigures(evaluated),
    importance,
    slices: slices(evaluated),
    business: costs && businessFigures(costs, actual, answers.answered, baseline),
  };
  const oddRows = answers.probabilities === null ? 0 : oddProbabilities(classes.length, answers.probabilities);
  return { ...figures, warnings: reportWarnings({ ...figures, trainedKnown: trained !== null, measured, oddRows }) };
}

type ProbabilityFigures = Pick<ModelReport, 'log_loss' | 'roc' | 'precision_recall' | 'calibration' | 'thresholds'>;

function probabilityFigures({ classes, actual, answers }: Evaluated): ProbabilityFigures {
  const { answered, probabilities } = answers;
  if (probabilities === null)
    return { log_loss: null, roc: [], precision_recall: [], calibration: null, thresholds: [] };
  const scored = classes.map((name, index) => {
    const scores = classScores(index, classes.length, actual, probabilities);
    return { class: name, scores, counts: cumulativeCounts(scores) };
  });
  const both = scored.filter(({ counts }) => counts.hits.at(-1) !== 0 && counts.falseAlarms.at(-1) !== 0);
  return {
    log_loss: logLoss(classes.length, actual, probabilities),
    roc: both.map(({ class: name, counts }) => ({ class: name, ...rocCurve(counts) })),
    precision_recall: both.map(({ class: name, counts }) => {
      const { averagePrecision, points } = precisionRecallCurve(counts);
      return { class: name, average_precision: averagePrecision, points };
    }),
    calibration: calibration(classes.length, actual, answered, probabilities),
    thresholds: (classes.length === 2 ? scored.slice(1) : scored).map(({ class: name, scores }) => ({
      class: name,
      rows: thresholdTable(scores),
    })),
  };
}
