import type { Route, Source } from '@coppice/contract';

/** One row of an answered or failed request, as the observers receive it off the hot path. */
export type RecordedPrediction = {
  /** uuid v7 generated for this row: order, periods and retention follow the time in it. */
  id: string;
  /** Milliseconds since the epoch, for readers that do not parse ids. */
  time: number;
  version: string;
  route: Route;
  userHash: string | null;
  source: Source;
  /** In the model card's feature order. */
  features: ArrayLike<number>;
  /** Index of the class, or -1 when the request failed. */
  label: number;
  probability: ArrayLike<number> | null;
  latencySeconds: number;
  /** Reason when the request failed, else null. */
  error: string | null;
};
