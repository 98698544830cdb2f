import { hash } from 'node:crypto';
import type { Route } from '@coppice/contract';
import type { RecordedPrediction } from '../record/record.ts';
import type { InferAnswer } from '../versions/infer-job.ts';

/** Is shown each recorded row after its answer was sent. Must neither throw nor wait. */
export interface PredictionObserver {
  observe(row: RecordedPrediction): void;
}

export type Observation = {
  time: number;
  version: string;
  route: Route;
  user: string | undefined;
  features: number[];
  ids: readonly string[];
  latencySeconds: number;
} & ({ answer: InferAnswer; first: number; error: null } | { answer: null; first: 0; error: string });

/** Hands each row of a request, answered or failed, to all observers. */
export function observeRows(observers: readonly PredictionObserver[], seen: Observation): void {
  if (observers.length === 0) return;
  const { answer, first, ids, features } = seen;
  const width = features.length / ids.length;
  const userHash = seen.user === undefined ? null : hashUser(seen.user);
  for (let i = 0; i < ids.length; i++) {
    const at = (first + i) * (answer?.classes ?? 0);
    const row: RecordedPrediction = {
      id: ids[i] as string,
      time: seen.time,
      version: seen.version,
      route: seen.route,
      userHash,
      features: ids.length === 1 ? features : features.slice(i * width, (i + 1) * width),
      label: answer ? (answer.labels[first + i] as number) : -1,
      probability: answer ? slice(answer.probabilities, at, at + answer.classes) : null,
      latencySeconds: seen.latencySeconds,
      error: seen.error,
    };
    for (const observer of observers) observer.observe(row);
  }
}

/** First 16 hex digits of the key's SHA-256: enough to find a user's rows, not to read who it was. */
export function hashUser(user: string): string {
  return hash('sha256', user).slice(0, 16);
}

function slice(values: ArrayLike<number>, from: number, to: number): number[] {
  const part: number[] = [];
  for (let i = from; i < to; i++) part.push(values[i] as number);
  return part;
}
