import '@coppice/serverkit/no-telemetry';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { voteLabel } from './forest/count-votes.ts';
import type { Score } from './forest/score-rows.ts';

const shareTolerance = 1e-6;
/** Rows at a time: the library leaves a copy of each row for each tree, which a larger batch piles up. */
const batch = 256;

/** Rows in two forms: as tensors for a model, and as the features that its forest takes. */
export type VerifiedRows = {
  rows: number;
  tensors(from: number, to: number): Record<string, Tensor>;
  features(from: number, to: number): Float64Array[];
};

/**
 * Compares an ONNX model with its forest on every row: labels exactly, shares of the classes to 1e-6. Throws at the first row that
 * differs; returns the forest's labels.
 */
export async function verifyModel(
  model: Uint8Array,
  score: Score,
  classes: number,
  { rows, tensors, features }: VerifiedRows,
): Promise<number[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const labels: number[] = [];
  for (let start = 0; start < rows; start += batch) {
    const end = Math.min(start + batch, rows);
    const answer = await session.run(tensors(start, end));
    const label = answer.label?.data as BigInt64Array;
    const probability = answer.probability?.data as Float64Array;
    const { counts, of } = score(features(start, end));
    counts.forEach((votes, i) => {
      const expected = voteLabel(votes);
      const same =
        Number(label[i]) === expected &&
        votes.every((count, c) => Math.abs(count / of - (probability[i * classes + c] as number)) <= shareTolerance);
      if (!same) throw new Error(`the ONNX model and the forest differ on row ${start + i + 1} of the data`);
      labels.push(expected);
    });
  }
  await session.release();
  return labels;
}
