import type { InferError } from '../versions/infer-error.ts';
import type { InferAnswer, InferJob } from '../versions/infer-job.ts';
import type { Version } from '../versions/version.ts';
import type { ReplayTally } from './replay-tally.ts';
import type { ReplayableRow } from './replayable-row.ts';

/**
 * Sends rows to a version as one batch, through the client for replays, and enters each answer. Resolves once all are
 * settled, to those that did not reach it; never rejects.
 */
export function sendRows(
  rows: readonly ReplayableRow[],
  version: { replayClient: Pick<Version['replayClient'], 'submit'> },
  tally: ReplayTally,
  columns: readonly string[],
  now: () => number,
): Promise<ReplayableRow[]> {
  return new Promise((resolve) => {
    const startedAt = now();
    const unsent: ReplayableRow[] = [];
    let left = rows.length;
    const settled = () => {
      left--;
      if (left === 0) resolve(unsent);
    };
    for (const row of rows)
      version.replayClient.submit(
        new ReplayJob(row, columns, (label) => {
          if (typeof label === 'number') tally.answered(row, label, (now() - startedAt) / 1000);
          else if (didNotReach.has(label.reason)) unsent.push(row);
          else tally.failed++;
          settled();
        }),
      );
  });
}

const didNotReach = new Set<InferError['reason']>(['connect', 'unavailable', 'overload']);

class ReplayJob implements InferJob {
  readonly rows = 1;
  readonly columns: readonly string[];
  readonly #row: ReplayableRow;
  readonly #settle: (label: number | InferError) => void;

  constructor(row: ReplayableRow, columns: readonly string[], settle: (label: number | InferError) => void) {
    this.#row = row;
    this.columns = columns;
    this.#settle = settle;
  }

  get features(): ReplayableRow['values'] {
    return this.#row.values;
  }

  /** What another release answers proves nothing about the one that is replayed. */
  stays(release?: string): boolean {
    return release === undefined;
  }

  succeed({ labels }: InferAnswer, first: number): void {
    this.#settle(labels[first] as number);
  }

  fail(error: InferError): void {
    this.#settle(error);
  }
}
