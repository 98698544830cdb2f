import type { ModelCard } from '@coppice/contract';
import { median } from 'simple-statistics';
import { sampleWithSeed } from '../sampling/random.ts';
import { columnOf, rowOf, type TrainingSet } from '../table/training-set.ts';
import { describeFeature } from './feature-card.ts';

/** Rows of a card: at most 2,000, fewer of a wide table, so that no card grows beyond some megabytes. */
const mostSampled = (features: number) => Math.min(2000, Math.max(200, Math.floor(100_000 / features)));

/** Describes the training rows: the parts of a model card that depend on the data alone. */
export function describeData(
  table: TrainingSet,
  trainRows: readonly number[],
  seed: number,
): Pick<ModelCard, 'features' | 'classes' | 'rows'> {
  const positions = Array.from(trainRows.keys());
  const sampleAt = sampleWithSeed(positions, Math.min(mostSampled(table.features.length), positions.length), seed);
  const sampled = sampleAt.map((at) => trainRows[at] as number);
  const rowsOfClass = table.classes.map((_, index) => trainRows.filter((row) => table.labels[row] === index));
  return {
    features: table.features.map((feature, column) =>
      describeFeature(feature, columnOf(table, column, trainRows), sampleAt),
    ),
    rows: sampled.map((row) => ({
      features: Array.from(rowOf(table, row)),
      class: table.labels[row] as number,
    })),
    classes: table.classes.map((name, index) => {
      const rows = rowsOfClass[index] as number[];
      return {
        name,
        share: rows.length / trainRows.length,
        typical: table.features.map((_, column) => median(Array.from(columnOf(table, column, rows)))),
      };
    }),
  };
}
