import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { dateOfDays, type FeatureSpec, type RowSchema } from '@coppice/serverkit';
import { InferError } from './infer-error.ts';
import type { RowsToInfer } from './infer-job.ts';
import type { Wire } from './protocol.ts';
import { readAnswer } from './read-answer.ts';
import type { Upstream } from './upstream.ts';

/** Enough to see that a batch is answered row by row, few enough to cost nothing. */
const MOST_ROWS = 4;

/**
 * Rows that a version with these features should answer: training rows of different classes from a model card, its own or
 * the fleet's. What those lack, and what no card describes, is made up.
 */
export function trialRows(own: RowSchema, card: ModelCard | null): RowsToInfer[] {
  const { specs, names } = own;
  const found = card?.classes
    .map((_, index) => card.rows.find((row) => row.class === index)?.features)
    .filter((row) => row !== undefined)
    .slice(0, MOST_ROWS);
  const rows = found?.length ? found : [[], []];
  const described = specs.map(({ name }) => card?.features.findIndex((feature) => feature.name === name) ?? -1);
  return rows.map((row) => {
    const features = specs.map((spec, i) => {
      const at = described[i] as number;
      return row[at] ?? (spec.nullable ? null : standIn(spec, card?.features[at]));
    });
    return { features, columns: names, rows: 1 };
  });
}

/** A usual value of a feature. */
function standIn(spec: FeatureSpec, card: FeatureCard | undefined): FeatureValue {
  if (spec.kind === 'boolean') return card?.kind === 'boolean' && card.share >= 0.5;
  // not the empty text, which is missing
  if (spec.kind === 'category')
    return spec.values[0] ?? (card?.kind === 'category' ? card.values[0]?.value : null) ?? '0';
  const mean = card?.kind === 'number' || card?.kind === 'date' ? card.mean : 0;
  return spec.kind === 'date' ? dateOfDays(Math.floor(mean)) : mean;
}

/**
 * One inference without a client behind it. A server that answers only single rows passes with one. Rejects with
 * `InferError` when the answer is not a prediction.
 */
export async function tryInference(upstream: Pick<Upstream, 'post'>, wire: Wire, rows: RowsToInfer[]): Promise<void> {
  try {
    await infer(upstream, wire, rows);
  } catch (error) {
    const [first] = rows;
    const single = first && {
      features: Array.from(first.features).slice(0, first.features.length / first.rows),
      columns: first.columns,
      rows: 1,
    };
    if (!single || !(error instanceof InferError && error.answered)) throw error;
    await infer(upstream, wire, [single]).catch(() => {
      throw error;
    });
  }
}

function infer(upstream: Pick<Upstream, 'post'>, wire: Wire, jobs: RowsToInfer[]): Promise<void> {
  const rows = jobs.reduce((sum, job) => sum + job.rows, 0);
  return new Promise((resolve, reject) => {
    upstream.post(wire.path, wire.encode(jobs, rows), wire.answerLimit(rows), (error, answer) => {
      if (error || !answer) return reject(error);
      try {
        readAnswer(wire, answer, rows);
        resolve();
      } catch (refused) {
        reject(refused);
      }
    });
  });
}
