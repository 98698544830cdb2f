import { MersenneTwister19937, real } from 'random-js';
import type { Row } from './target.ts';

export const CLASSES = ['a', 'b', 'c'];

/**
 * Rows of three classes whose means differ in every fourth feature, by about the noise: a forest
 * predicts most of them correctly, and no forest predicts all. The same seed gives the same rows.
 */
export function syntheticRows(count: number, features: number, { seed = 1, distance = 1.5 } = {}): Row[] {
  const engine = MersenneTwister19937.seed(seed);
  const uniform = () => real(Number.EPSILON, 1)(engine);
  // Box and Muller (1958)
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const means = CLASSES.map(() => Array.from({ length: features }, (_, j) => (j % 4 === 0 ? distance * normal() : 0)));
  return Array.from({ length: count }, (_, i) => {
    const label = i % CLASSES.length;
    const mean = means[label] as number[];
    return { label, features: mean.map((value) => Number((value + normal()).toFixed(3))) };
  });
}

/** Rows as CSV, with a header and the class in the last column. */
export function toCsv(rows: readonly Row[]): string {
  const head = [...(rows[0] as Row).features.map((_, j) => `x${j + 1}`), 'class'];
  return `${[head, ...rows.map(({ features, label }) => [...features, CLASSES[label]])].map((line) => line.join(',')).join('\n')}\n`;
}
