import type { FeatureValue, PredictionOfBatch } from '@coppice/contract';

/** A row's answer, and the version that gave it. */
export type RowAnswer = PredictionOfBatch & { model_version: string };

type Table = { features: readonly string[]; classes: readonly string[] };

/** Predicted rows as CSV: the features, then class, probabilities, version, id, and that they came from the page. */
export function rowsCsv(
  { features, classes }: Table,
  rows: readonly (readonly FeatureValue[])[],
  answers: readonly RowAnswer[],
): string {
  const header = [
    ...features,
    ...['class', ...classes.map((name) => `probability_${name}`), 'model_version', 'prediction_id', 'source'],
  ];
  const lines = answers.map((answer, i) => [
    ...(rows[i] ?? []),
    ...[answer.class, ...classes.map((_, c) => answer.probability?.[c] ?? null)],
    ...[answer.model_version, answer.prediction_id ?? null, 'page'],
  ]);
  return `${[header, ...lines].map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}

function quoted(value: FeatureValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
