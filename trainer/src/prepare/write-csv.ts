import { rowOf, type TrainingSet } from '../table/training-set.ts';

/** Rows as CSV by RFC 4180: the features, and the class as the last column. */
export function writeCsv(set: TrainingSet, rows: readonly number[]): string {
  const header = [...set.features.map(({ name, unit }) => (unit === null ? name : `${name} (${unit})`)), set.target];
  const lines = rows.map((row) =>
    [...rowOf(set, row), quote(set.classes[set.labels[row] as number] as string)].join(','),
  );
  return `${[header.map(quote).join(','), ...lines].join('\n')}\n`;
}

function quote(text: string): string {
  return /^[^",\r\n#]*$/.test(text) && text.trim() === text ? text : `"${text.replaceAll('"', '""')}"`;
}
