import { hash } from 'node:crypto';
import type { FeatureValue, Route, Source } from '@coppice/contract';
import { BUCKETS } from '@coppice/statistics/bucketed';
import type { Epoch } from '../storage/port/epoch.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** The rows of one request. `features` holds them one after the other. */
export type Rows = {
  /** Milliseconds since the epoch. */
  time: number;
  user: string | undefined;
  source: Source;
  /** The client's own key for the request. */
  reference: string | undefined;
  /** Or one for each row. */
  references?: readonly string[] | undefined;
  features: ArrayLike<FeatureValue>;
  /** Names of the features. */
  columns: readonly string[];
  /** One uuid v7 per row. */
  ids: readonly string[];
};

/** The part of a version's answer that belongs to a request: its rows begin at `first`. */
export type RowsAnswer = {
  answer: {
    labels: ArrayLike<number>;
    probabilities: ArrayLike<number> | null;
    classes: number;
    release: string | null;
  };
  first: number;
};

type Answered = {
  version: { readonly name: string };
  assigned: { readonly name: string } | null;
  release: string | null;
  epoch: Epoch | null;
  route: Route;
  seconds: number;
};

/**
 * Calls back with each row of a request, in the form that the record keeps: with a version's answer, or with the reason
 * why there is none. All are one object.
 */
export function eachRow(
  { version, assigned, release, epoch, route, seconds }: Answered,
  { ids, features, columns, time, user, source, reference, references }: Rows,
  outcome: RowsAnswer | string,
  visit: (row: RecordedPrediction) => void,
): void {
  const answer = typeof outcome === 'string' ? null : outcome.answer;
  const first = typeof outcome === 'string' ? 0 : outcome.first;
  const rows = ids.length;
  const width = features.length / rows;
  const classes = answer?.probabilities ? answer.classes : 0;
  const userHash = user === undefined ? null : hashUser(user);
  const row: RecordedPrediction = {
    id: ids[0] as string,
    time,
    version: version.name,
    assigned: assigned?.name ?? null,
    release,
    route,
    source,
    reference: references?.[0] ?? reference ?? null,
    userHash,
    columns,
    features,
    featuresAt: 0,
    label: answer ? (answer.labels[first] as number) : -1,
    probability: answer?.probabilities ?? null,
    probabilityAt: first * classes,
    classes,
    latencySeconds: seconds,
    error: typeof outcome === 'string' ? outcome : null,
    epoch,
    bucket: userHash === null ? bucketOf(ids[0] as string, -2) : bucketOf(userHash),
    first: true,
  };
  visit(row);
  row.first = false;
  for (let i = 1; i < rows; i++) {
    row.id = ids[i] as string;
    row.reference = references?.[i] ?? reference ?? null;
    row.featuresAt = i * width;
    if (answer) row.label = answer.labels[first + i] as number;
    row.probabilityAt = (first + i) * classes;
    visit(row);
  }
}

/** First 16 hex digits of the key's SHA-256: enough to find a user's rows, not to read who it was. */
export function hashUser(user: string): string {
  return hash('sha256', user).slice(0, 16);
}

/** The bucket of two hex digits: the first of a user's hash, or (`from` -2) the last of an id, which are as random. */
export function bucketOf(hex: string, from: 0 | -2 = 0): number {
  const at = from === 0 ? 0 : hex.length - 2;
  // by character codes: this runs once per request, and `slice` and `parseInt` take six times as long
  return (16 * digit(hex.charCodeAt(at)) + digit(hex.charCodeAt(at + 1))) % BUCKETS;
}

/** 0-9 and a-f, in capitals or not. */
const digit = (code: number) => (code < 64 ? code - 48 : (code | 32) - 87);
