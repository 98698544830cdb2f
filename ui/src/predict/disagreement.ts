import type { PredictionBatch } from '@coppice/contract';

type Answers = PredictionBatch['predictions'];

/**
 * The row on which versions disagree most, by what each answered to the same rows: where their classes differ and the least sure
 * of them is surest, else where their probabilities are farthest apart. Null with fewer than two versions, or without a difference.
 */
export function disagreement(versions: readonly Answers[]): number | null {
  const [first, ...others] = versions;
  if (!first || others.length === 0) return null;
  let best: number | null = null;
  let most = 0;
  for (const row of first.keys()) {
    const here = versions.map((answers) => answers[row]).filter((answer) => answer !== undefined);
    const apart = distance(here);
    if (apart > most) [best, most] = [row, apart];
  }
  return best;
}

/** Above 1 where classes differ, else at most 1. */
function distance(answers: Answers): number {
  const classes = new Set(answers.map((answer) => answer.class));
  if (classes.size > 1)
    return 1 + Math.min(...answers.map(({ probability, prediction }) => probability?.[prediction] ?? 0.5));
  const [first, ...others] = answers.map(({ probability }) => probability ?? []);
  return Math.max(0, ...others.map((other) => variation(first ?? [], other)));
}

/** The total variation distance, 0–1. */
const variation = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, share, i) => sum + Math.abs(share - (b[i] ?? 0)), 0) / 2;
