import type { ModelCard } from '@coppice/contract';
import { InferError } from './infer-error.ts';
import type { RowsToInfer } from './infer-job.ts';
import type { Wire } from './protocol.ts';
import { readAnswer } from './read-answer.ts';
import type { Upstream } from './upstream.ts';

/** Enough to see that a batch is answered row by row, few enough to cost nothing. */
const MOST_ROWS = 4;

/**
 * Rows that every version should answer: training rows of different classes from a model card. Without a card, zeros.
 */
export function trialRows(card: ModelCard | null, features: number): RowsToInfer[] {
  const rows = card?.classes
    .map((_, index) => card.rows.find((row) => row.class === index)?.features)
    .filter((row) => row !== undefined)
    .slice(0, MOST_ROWS);
  const columns = card?.features.map(({ name }) => name) ?? [];
  if (!rows?.length) return [{ features: new Array(2 * features).fill(0), columns, rows: 2 }];
  return rows.map((row) => ({ features: row, columns, rows: 1 }));
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
