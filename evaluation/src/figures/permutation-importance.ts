import type { FeatureValue, ModelReport } from '@coppice/contract';
import { type Engine, MersenneTwister19937, sample, shuffle } from 'random-js';
import type { Evaluated } from './answers.ts';
import { meanInterval } from './mean-interval.ts';

type Row = readonly FeatureValue[];
type Importance = ModelReport['importance'];

const MOST_ROWS = 2000;
const MOST_REPEATS = 5;
/** Answers for all features and repeats together: seconds rather than minutes. */
const MOST_ANSWERS = 500_000;
const BATCH = 1000;

/**
 * Loss of accuracy when the values of one feature are shuffled over the rows (Breiman 2001; scikit-learn's
 * `permutation_importance`), the largest first: the mean over rows of right before − share of shuffles right after, and its
 * 95 % interval over the rows, which holds what other test rows would give. Of many rows a seeded sample counts; `rows` says how many.
 */
export async function permutationImportance({
  features,
  rows: all,
  actual,
  answers,
  infer,
  seed,
}: Pick<Evaluated, 'features' | 'rows' | 'actual' | 'answers' | 'infer' | 'seed'>): Promise<{
  importance: Importance;
  rows: number;
  repeats: number;
}> {
  const engine = MersenneTwister19937.seed(seed);
  const most = Math.min(MOST_ROWS, Math.max(1, Math.floor(MOST_ANSWERS / features.length)));
  const places = drawn(all.length, most, engine);
  const repeats = Math.min(MOST_REPEATS, Math.max(1, Math.floor(MOST_ANSWERS / (places.length * features.length))));
  const rows = places.map((place) => all[place] as Row);
  const labels = places.map((place) => actual[place] as number);
  const right = places.map((place) => Number(answers.answered[place] === actual[place]));
  const importance: Importance = [];
  for (const [column, { name }] of features.entries()) {
    const values = rows.map((row) => row[column] as FeatureValue);
    const rightShuffled = new Float64Array(rows.length);
    // equal values stay what they are wherever they go
    const constant = values.every((value) => Object.is(value, values[0]));
    for (let repeat = 0; repeat < repeats && !constant; repeat++) {
      const shuffled = shuffle(engine, [...values]);
      const answered = await inBatches(infer, rows, (row, i) => row.with(column, shuffled[i] as FeatureValue));
      for (const [i, answer] of answered.entries())
        rightShuffled[i] = (rightShuffled[i] as number) + Number(answer === labels[i]);
    }
    const losses = rightShuffled.map((count, i) => (constant ? 0 : (right[i] as number) - count / repeats));
    const { mean, interval } = meanInterval(losses);
    importance.push({ feature: name, loss: mean, interval });
  }
  return { importance: importance.sort((a, b) => b.loss - a.loss), rows: rows.length, repeats };
}

/** Places of all rows, or of a sample of them in their order. */
function drawn(rows: number, most: number, engine: Engine): number[] {
  const all = Array.from({ length: rows }, (_, place) => place);
  return rows <= most ? all : sample(engine, all, most).sort((a, b) => a - b);
}

async function inBatches(
  infer: Evaluated['infer'],
  rows: readonly Row[],
  change: (row: Row, place: number) => Row,
): Promise<number[]> {
  const answered: number[] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH).map((row, i) => change(row, from + i));
    const answers = await infer(batch);
    if (answers.answered.length !== batch.length)
      throw new RangeError(`the model answered ${answers.answered.length} of ${batch.length} rows`);
    for (let i = 0; i < batch.length; i++) answered.push(answers.answered[i] as number);
  }
  return answered;
}
