import type { EpochCells } from '@coppice/gateway/storage/port/comparison-store';
import { CellDeltas } from '@coppice/gateway/storage/summaries/cell-deltas';
import { epochCells } from '@coppice/gateway/storage/summaries/epoch-cells';

/** An answer as cells count it, by its assigned version. */
export type CountedAnswer = {
  version: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** Of the user, 0–63. */
  bucket: number;
  failed?: boolean;
  latencySeconds?: number;
  /** What feedback says; none: no feedback. */
  correct?: boolean | undefined;
  outcome?: number | undefined;
};

type Epoch = { id?: number; period: number; weights: Record<string, number>; releases?: Record<string, string | null> };

/** For tests: an epoch with what the writers of the database would count in it. */
export function countedEpoch(
  { id = 1, period, weights, releases = {} }: Epoch,
  answers: readonly CountedAnswer[],
): EpochCells {
  const deltas = new CellDeltas();
  for (const { version, time, bucket, failed = false, latencySeconds = 0.003, correct, outcome } of answers) {
    const origin = { version, assigned: version, source: 'api' as const, release: null };
    deltas.addRow(id, origin, { time, bucket, first: true, failed, latencySeconds });
    if (correct !== undefined) deltas.add(id, version, 'accuracy', bucket, 1, Number(correct));
    if (outcome !== undefined) deltas.add(id, version, 'outcome', bucket, 1, outcome);
  }
  const times = answers.map(({ time }) => time);
  const [epoch] = epochCells(
    [
      {
        ...{ id, period, weights: JSON.stringify(weights), releases: JSON.stringify(releases) },
        started: times.reduce((a, b) => Math.min(a, b), times[0] ?? period),
        updated: times.reduce((a, b) => Math.max(a, b), times[0] ?? period),
      },
    ],
    deltas.cells(),
    deltas.latencies(),
  );
  return epoch as EpochCells;
}

/** A cell's answers of a version: `n` of them, a part of which is right, with users spread over all buckets. */
export function answersOf(
  version: string,
  n: number,
  { from, every = 100, ...rest }: { from: number; every?: number } & AnswersLike,
): CountedAnswer[] {
  return Array.from({ length: n }, (_, i) => ({
    ...{ version, time: from + i * every, bucket: (i * 29) % 64 },
    failed: rest.failed?.(i) ?? false,
    latencySeconds: rest.latency?.(i) ?? 0.003,
    correct: rest.correct?.(i),
    outcome: rest.outcome?.(i),
  }));
}

type AnswersLike = {
  failed?: (i: number) => boolean;
  latency?: (i: number) => number;
  correct?: (i: number) => boolean | undefined;
  outcome?: (i: number) => number | undefined;
};
