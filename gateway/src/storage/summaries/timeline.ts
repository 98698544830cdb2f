import type { TimelinePoint, TimelineReport } from '@coppice/contract';
import { LATENCY_BUCKETS, latencyQuantile } from '@coppice/statistics/latency-buckets';
import { ERROR_BUCKET } from './performance-report.ts';

/** Answers of a step by latency; `bucket` -1 holds failed ones. */
export type StepLatency = { start: number; version: string; bucket: number; n: number };
/** Feedback to predictions of a step. */
export type StepFeedback = { start: number; version: string; feedback: number; correct: number };

type Step = { buckets: Float64Array; errors: number; feedback: number; correct: number };

/** A point for each step in which a version answered or failed, versions in the order of their numbers. */
export function timelineOf(
  latencies: readonly StepLatency[],
  feedbacks: readonly StepFeedback[],
): TimelineReport['versions'] {
  const versions = new Map<string, Map<number, Step>>();
  const stepOf = (version: string, start: number) =>
    versions
      .getOrInsertComputed(version, () => new Map<number, Step>())
      .getOrInsertComputed(start, () => ({
        buckets: new Float64Array(LATENCY_BUCKETS),
        ...{ errors: 0, feedback: 0, correct: 0 },
      }));
  for (const { version, start, bucket, n } of latencies) {
    const step = stepOf(version, start);
    if (bucket === ERROR_BUCKET) step.errors += n;
    else step.buckets[bucket] = (step.buckets[bucket] as number) + n;
  }
  for (const { version, start, feedback, correct } of feedbacks) {
    const step = stepOf(version, start);
    step.feedback += feedback;
    step.correct += correct;
  }
  return [...versions]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([version, steps]) => ({
      version,
      points: [...steps].sort(([a], [b]) => a - b).map(([start, step]) => pointOf(start, step)),
    }));
}

function pointOf(start: number, { buckets, errors, feedback, correct }: Step): TimelinePoint {
  const answered = buckets.reduce((sum, n) => sum + n, 0);
  const p95 = answered === 0 ? null : Math.round((latencyQuantile(buckets, 0.95) as number) * 1e6) / 1e3;
  return { time: new Date(start).toISOString(), n: answered + errors, errors, p95_ms: p95, feedback, correct };
}
