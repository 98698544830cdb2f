import type { ModelCard } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import { quoted } from './table/data-error.ts';

/**
 * The test accuracy of a version with its 95 % interval (Wilson) and beside it what a model reaches that always answers the
 * class with most training rows.
 */
export function reportAccuracy({ classes, metrics }: Pick<ModelCard, 'classes' | 'metrics'>): string {
  const { accuracy, rows, f1, perClass } = metrics;
  const largest = classes.reduce((best, one, i) => (one.share > (classes[best]?.share ?? 0) ? i : best), 0);
  const [low, high] = wilsonInterval(Math.round(accuracy * rows), rows);
  const baseline = rows === 0 ? 0 : (perClass[largest]?.support ?? 0) / rows;
  return `accuracy ${accuracy.toFixed(3)} (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}; always ${quoted(classes[largest]?.name ?? '')}: ${baseline.toFixed(3)}), macro F1 ${f1.toFixed(3)} on ${rows} test rows`;
}
