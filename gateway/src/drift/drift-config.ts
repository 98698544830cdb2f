import { ConfigError, envInteger, envNumber } from '@coppice/serverkit';

export type DriftConfig = {
  /** Rows of the sliding window. */
  window: number;
  /** Rows below which nothing is judged. */
  minSamples: number;
  /** Overall score above which it counts as drift, 0–1. */
  threshold: number;
};

/** `DRIFT_WINDOW`, `DRIFT_MIN_SAMPLES`, `DRIFT_THRESHOLD`. Throws `ConfigError` for what cannot work. */
export function readDriftConfig(env: Record<string, string | undefined>): DriftConfig {
  // a larger window would be sorted for tens of milliseconds while predictions wait
  const window = envInteger(env, 'DRIFT_WINDOW', { fallback: 500, min: 10, max: 10_000 });
  const minSamples = envInteger(env, 'DRIFT_MIN_SAMPLES', { fallback: Math.min(200, window), min: 10, max: 10_000 });
  if (minSamples > window) {
    throw new ConfigError(
      `DRIFT_MIN_SAMPLES=${minSamples} is not allowed: a whole number from 10 to DRIFT_WINDOW (${window}) is`,
    );
  }
  const threshold = envNumber(env, 'DRIFT_THRESHOLD', { fallback: 0.3, min: 0.01, max: 1 });
  return { window, minSamples, threshold };
}
