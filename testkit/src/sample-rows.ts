import type { Row } from './card-of-rows.ts';
import { readIris } from './iris.ts';
import type { Random } from './seeded-random.ts';

/** A standard normal deviate (Box & Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Draws rows of correlated normal features, the class being whether the first one is above 0. */
export function normalRow(features: number, random: Random): Row {
  const common = normal(random);
  const values = Array.from({ length: features }, () => 0.6 * common + 0.8 * normal(random));
  return { features: values, label: (values[0] as number) > 0 ? 1 : 0 };
}

/** The 150 rows of Iris, in the file's order. */
export function iris(): { names: string[]; rows: Row[] } {
  const { names, rows, classes } = readIris();
  const known = [...new Set(classes)].sort();
  return { names, rows: rows.map((features, i) => ({ features, label: known.indexOf(classes[i] as string) })) };
}

export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** 40 rows of each class of Iris, as a stratified 80/20 split keeps. */
export function irisTraining(rows: readonly Row[], random: Random): Row[] {
  const shuffled = rows.map((row) => ({ row, key: random() })).sort((x, y) => x.key - y.key);
  return [0, 1, 2].flatMap((label) =>
    shuffled
      .filter(({ row }) => row.label === label)
      .slice(0, 40)
      .map(({ row }) => row),
  );
}
