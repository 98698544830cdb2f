import { reportSentence } from '@coppice/evaluation/report-sentence';
import { amount, figure, percent, points } from '@coppice/evaluation/words';
import type { Evaluated } from './evaluate-release.ts';

/** How many classes, features and slices it names. */
const MOST = 5;

/** A report in words: what decides, and what is worst. */
export function evaluateText({ report, comparison, uncompared }: Evaluated): string {
  const { per_class, importance, slices, business, calibration, macro_f1, log_loss, warnings } = report;
  const lines = [
    reportSentence(report, comparison),
    uncompared && `${capital(uncompared)}.`,
    `Macro F1 ${figure(macro_f1)}${log_loss === null ? '' : `, log loss ${figure(log_loss)}`}${calibration ? `, calibration error ${percent(calibration.ece)}` : ''}.`,
    business &&
      `Cost per row ${amount(business.per_row)} (95 % interval ${amount(business.interval[0])} to ${amount(business.interval[1])}); always the majority class: ${amount(business.majority_per_row)}.`,
    comparison?.cost_difference != null &&
      `Against release ${comparison.against} cost per row differs by ${amount(comparison.cost_difference)}.`,
    '',
    'Classes, the least found first:',
    ...per_class
      .toSorted((a, b) => (a.recall ?? 2) - (b.recall ?? 2))
      .slice(0, MOST)
      .map(
        (one) =>
          `  ${one.class}: precision ${figure(one.precision)}, recall ${figure(one.recall)}, F1 ${figure(one.f1)}, ${rowsOf(one.support)}`,
      ),
    'Features, by points of accuracy lost when shuffled:',
    ...importance
      .slice(0, MOST)
      .map(
        ({ feature, loss, interval: [low, high] }) =>
          `  ${feature}: ${points(loss)} (${points(low)} to ${points(high)})`,
      ),
    'Slices, the worst first:',
    ...slices
      .slice(0, MOST)
      .map(({ feature, slice, rows, accuracy }) => `  ${feature} ${slice}: ${percent(accuracy)} of ${rowsOf(rows)}`),
    ...[...(comparison?.notes ?? []), ...warnings].map((text) => `Note: ${text}`),
  ];
  return lines.filter((line) => typeof line === 'string').join('\n');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const rowsOf = (n: number) => (n === 1 ? '1 row' : `${n} rows`);
