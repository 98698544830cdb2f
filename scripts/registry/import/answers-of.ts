import type { FeatureValue } from '@coppice/contract';
import type { loadModel } from '@coppice/models/model/load-model';

/** Index of each row's class, and probabilities row by row. */
export type Answers = { answered: number[]; probabilities: Float64Array };

const BATCH = 1024;

/** What a model answers to rows as the model server asks it. Rejects with `PredictionFault` for answers that are none. */
export async function answersOf(
  model: Awaited<ReturnType<typeof loadModel>>,
  rows: readonly (readonly FeatureValue[])[],
): Promise<Answers> {
  const classes = model.card.classes.length;
  const answered: number[] = [];
  const probabilities = new Float64Array(rows.length * classes);
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    const [label, share] = await model.infer(batch.flat(), batch.length, [model.labelName, model.probabilityName]);
    for (const index of label?.data ?? []) answered.push(Number(index));
    probabilities.set(Float64Array.from((share?.data ?? []) as ArrayLike<number>), from * classes);
  }
  return { answered, probabilities };
}
