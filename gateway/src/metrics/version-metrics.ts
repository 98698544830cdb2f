import type { Route } from '@coppice/contract';
import type { VersionErrorReason } from './metric-names.ts';

/** Counters of one version, without a label look-up. Requests count requests; predictions count rows. */
export type VersionMetrics = {
  /** It answered a request after `seconds`. */
  served(seconds: number, route: Route): void;
  /** A client got an error from it after `seconds`. */
  failed(reason: VersionErrorReason, seconds: number, route: Route): void;
  /** It predicted the class with this index for one row. */
  predicted(label: number): void;
  /** It may or may not get traffic. */
  up(up: boolean): void;
  /** It was taken out of traffic because its last requests failed. */
  ejected(): void;
  /** It did not get a request, which lacks a feature that it requires. */
  unfit(): void;
  /** One request of `rows` rows went to its server. */
  batchSent(rows: number): void;
};
