import type { ModelReport, SameRowsComparison } from '@coppice/contract';
import { counted, percent, points } from './words.ts';

/** A comparison of a model that may have no number yet. */
export type Compared = Omit<SameRowsComparison, 'release'>;

/** What a model is worth in one sentence: its accuracy against the majority class and, where it was compared, against another release. */
export function reportSentence(report: ModelReport, comparison: Compared | null): string {
  const { model, rows, accuracy, majority } = report;
  if (rows === 0) return `Nothing is known of ${model}: it has no test rows.`;
  const [low, high] = accuracy.interval;
  const found = `${model} answers ${percent(accuracy.value)} of ${counted(rows, 'test row')} right (95 % interval ${percent(low)} to ${percent(high)}); always answering ${quoted(majority.class)} is right on ${percent(majority.accuracy)}`;
  return comparison ? `${found}; ${comparisonClause(comparison)}.` : `${found}.`;
}

/** What an interval of 95 % leaves to chance. */
const SIGNIFICANT = 0.05;

/** Accuracy against another release's on the same rows, as the end of a sentence. */
export function comparisonClause({ against, rows, difference, interval: [low, high], p }: Compared): string {
  // both stand beside the word, which must agree with each
  const certain = p < SIGNIFICANT;
  const verdict =
    certain && low > 0 ? 'it is better' : certain && high < 0 ? 'it is worse' : 'the difference may be chance';
  return `against release ${against} on the same ${counted(rows, 'row')}: ${points(difference)} points of accuracy (95 % interval ${points(low)} to ${points(high)}, McNemar p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}), ${verdict}`;
}

const quoted = (name: string) => `“${name}”`;
