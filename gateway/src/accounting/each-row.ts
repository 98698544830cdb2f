import { hash } from 'node:crypto';
import type { Route } from '@coppice/contract';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** The rows of one request. `features` holds them one after the other. */
export type Rows = {
  /** Milliseconds since the epoch. */
  time: number;
  user: string | undefined;
  features: number[];
  /** One uuid v7 a row. */
  ids: readonly string[];
};

/** The part of a version's answer that belongs to a request: its rows begin at `first`. */
export type RowsAnswer = {
  answer: { labels: ArrayLike<number>; probabilities: ArrayLike<number>; classes: number };
  first: number;
};

type Outcome = { version: string; route: Route; seconds: number; rows: Rows } & (
  | { answer: RowsAnswer; error?: undefined }
  | { error: string; answer?: undefined }
);

/** Calls back with each row of an answered or failed request, as the record keeps it. */
export function eachRow(
  { version, route, seconds, rows, answer: given, error }: Outcome,
  visit: (row: RecordedPrediction) => void,
): void {
  const { ids, features, time } = rows;
  const width = features.length / ids.length;
  const userHash = rows.user === undefined ? null : hashUser(rows.user);
  const answer = given?.answer;
  const first = given?.first ?? 0;
  for (let i = 0; i < ids.length; i++) {
    const at = (first + i) * (answer?.classes ?? 0);
    visit({
      id: ids[i] as string,
      time,
      version,
      route,
      userHash,
      features: ids.length === 1 ? features : features.slice(i * width, (i + 1) * width),
      label: answer ? (answer.labels[first + i] as number) : -1,
      probability: answer ? slice(answer.probabilities, at, at + answer.classes) : null,
      latencySeconds: seconds,
      error: error ?? null,
    });
  }
}

/** First 16 hex digits of the key's SHA-256: enough to find a user's rows, not to read who it was. */
function hashUser(user: string): string {
  return hash('sha256', user).slice(0, 16);
}

function slice(values: ArrayLike<number>, from: number, to: number): number[] {
  const part: number[] = [];
  for (let i = from; i < to; i++) part.push(values[i] as number);
  return part;
}
