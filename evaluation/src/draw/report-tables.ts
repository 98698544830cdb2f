import type { ModelReport } from '@coppice/contract';

type Cell = string | number | null;

/** The tables of a report as CSV by RFC 4180, by their names; a figure that divides by zero is an empty cell. */
export function reportTables({ importance, thresholds, slices }: ModelReport): Record<string, string> {
  return {
    'feature_importance.csv': csv(
      ['feature', 'loss', 'low', 'high'],
      importance.map(({ feature, loss, interval }) => [feature, loss, ...interval]),
    ),
    'thresholds.csv': csv(
      ['class', 'threshold', 'precision', 'recall', 'f1', 'answered'],
      thresholds.flatMap((one) =>
        one.rows.map(({ threshold, precision, recall, f1, answered }) => [
          ...[one.class, threshold, precision, recall, f1, answered],
        ]),
      ),
    ),
    'slices.csv': csv(
      ['feature', 'slice', 'rows', 'accuracy', 'low', 'high'],
      slices.map(({ feature, slice, rows, accuracy, interval }) => [feature, slice, rows, accuracy, ...interval]),
    ),
  };
}

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[header, ...rows].map((cells) => cells.map((cell) => quote(String(cell ?? ''))).join(',')).join('\n')}\n`;
}

function quote(text: string): string {
  return /^[^",\r\n#]*$/.test(text) && text.trim() === text ? text : `"${text.replaceAll('"', '""')}"`;
}
