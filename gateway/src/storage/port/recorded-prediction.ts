import type { Route } from '@coppice/contract';

/** One row of an answered or failed request, as it is handed to the record off the hot path. */
export type RecordedPrediction = {
  /** uuid v7, made for this row: order, periods and retention go by the time that it holds. */
  id: string;
  /** Milliseconds since the epoch, for those who do not read ids. */
  time: number;
  version: string;
  route: Route;
  userHash: string | null;
  /** In the model card's feature order. */
  features: ArrayLike<number>;
  /** Index of the class, or -1 when the request failed. */
  label: number;
  probability: ArrayLike<number> | null;
  latencySeconds: number;
  /** Reason when the request failed, else null. */
  error: string | null;
};
