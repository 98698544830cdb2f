import type { Logger } from 'pino';
import type { VersionMetrics } from '../metrics/gateway-metrics.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { UpstreamConfig } from './versions-config.ts';

/** What a version works with. */
export type VersionDeps = {
  upstream: UpstreamConfig;
  catalog: ModelCatalog;
  metrics: VersionMetrics;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Jobs that wait or are under way at all versions. Default: none. */
  jobsUnderWay?: () => number;
  /** Milliseconds since the epoch. */
  now?: () => number;
};
