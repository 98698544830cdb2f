import { readFileSync } from 'node:fs';
import type { Row } from './card-of-rows.ts';

export type Random = () => number;

/** A small seeded generator of numbers in [0, 1) for tests (Mulberry32, T. Ettinger 2017). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
  const path = new URL('../../trainer/data/iris.csv', import.meta.url);
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const cells = lines.map((line) => line.split(','));
  const classes = [...new Set(cells.map((row) => row[4] as string))].sort();
  return {
    names: header
      .split(',')
      .slice(0, 4)
      .map((name) => name.replace(/\s*\(.*/, '')),
    rows: cells.map((row) => ({ features: row.slice(0, 4).map(Number), label: classes.indexOf(row[4] as string) })),
  };
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
