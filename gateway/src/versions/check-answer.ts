import { type ClassModel, checkPredictions } from '@coppice/serverkit/open-inference';
import type { InferAnswer } from './infer-job.ts';

/**
 * A version's answer, if it is a prediction: a class for each row, and probabilities or none. Without labels, the most
 * probable classes are the answer. Throws `PredictionFault`.
 */
export function checkAnswer(
  labels: ArrayLike<number> | null,
  probabilities: ArrayLike<number> | null,
  rows: number,
  model: ClassModel,
): InferAnswer {
  if (!labels && !probabilities) throw new Error('it has neither labels nor probabilities');
  const winners = labels ?? largest(probabilities as ArrayLike<number>, model.classes);
  checkPredictions(model, rows, winners, probabilities);
  return { labels: winners, probabilities, classes: model.classes, release: null };
}

function largest(shares: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: shares.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((shares[row * classes + c] as number) > (shares[row * classes + best] as number)) best = c;
    return best;
  });
}
