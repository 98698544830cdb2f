import type { FeatureValue, ModelCard } from '@coppice/contract';
import { sampleWithSeed } from '../sampling/random.ts';
import { cellValue, valueOfNumber } from '../table/cell-value.ts';
import { rankWords } from '../table/rank-words.ts';
import { type Column, isMissing, type Table } from '../table/table.ts';
import { describeFeature } from './feature-card.ts';

/** Rows of a card: at most 2,000, fewer of a wide table, so that no card grows beyond some megabytes. */
const mostSampled = (features: number) => Math.min(2000, Math.max(200, Math.floor(100_000 / features)));

export type Described = { columns: readonly Column[]; target: Pick<Table['target'], 'classes' | 'labels'> };

/**
 * Describes the training rows: the parts of a model card that depend on the data alone. Each of the columns has a value in one
 * of the training rows at least, and each of these rows a class.
 */
export function describeData(
  { columns, target: { classes, labels } }: Described,
  trainRows: readonly number[],
  seed: number,
): Pick<ModelCard, 'features' | 'classes' | 'rows'> {
  const positions = Array.from(trainRows.keys());
  const sampleAt = sampleWithSeed(positions, Math.min(mostSampled(columns.length), positions.length), seed);
  const sampled = sampleAt.map((at) => trainRows[at] as number);
  return {
    features: columns.map((column) => describeFeature(column, trainRows, sampled)),
    rows: sampled.map((row) => ({
      features: columns.map((column) => cellValue(column, row)),
      class: labels[row] as number,
    })),
    classes: classes.map((name, index) => {
      const rows = trainRows.filter((row) => labels[row] === index);
      return {
        name,
        share: rows.length / trainRows.length,
        typical: columns.map((column) => typicalValue(column, rows)),
      };
    }),
  };
}

/** The lower median, which some row has, or the most frequent value; null where no row has any. */
function typicalValue(column: Column, rows: readonly number[]): FeatureValue {
  const present = rows.filter((row) => !isMissing(column, row));
  if (present.length === 0) return null;
  if (!('values' in column)) return rankWords(column, present)[0]?.word as string;
  const sorted = Float64Array.from(present, (row) => column.values[row] as number).sort();
  // of as many true as false ones, too, the lower one
  return valueOfNumber(column, sorted[(sorted.length - 1) >>> 1] as number);
}
