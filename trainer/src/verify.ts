import '@coppice/serverkit/no-telemetry';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { voteLabel } from './forest/count-votes.ts';
import type { Score } from './forest/score-rows.ts';
import { rowOf, type TrainingSet } from './table/training-set.ts';

const shareTolerance = 1e-6;
/** Rows at a time: the library leaves a copy of each row for each tree, which a larger batch piles up. */
const batch = 256;

/**
 * Compares an ONNX model with its forest on every row: labels exactly, vote shares to 1e-6.
 * Throws at the first row that differs; returns the forest's labels.
 */
export async function verifyModel(model: Uint8Array, score: Score, table: TrainingSet): Promise<number[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const [width, classes] = [table.features.length, table.classes.length];
  const labels: number[] = [];
  for (let start = 0; start < table.labels.length; start += batch) {
    const end = Math.min(start + batch, table.labels.length);
    const rows = Array.from({ length: end - start }, (_, i) => rowOf(table, start + i));
    const input = Float64Array.from(table.values.subarray(start * width, end * width));
    const answer = await session.run({ features: new Tensor('float64', input, [rows.length, width]) });
    const label = answer.label?.data as BigInt64Array;
    const probability = answer.probability?.data as Float64Array;
    const { counts, of } = score(rows);
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
