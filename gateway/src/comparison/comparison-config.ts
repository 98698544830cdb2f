import { envNumber } from '@coppice/serverkit';

export type ComparisonConfig = {
  /** Chance of a wrong winner in a comparison, over all its candidates and looks. */
  alpha: number;
};

/** `EXPERIMENT_ALPHA`. Throws `ConfigError` for a value that cannot work. */
export function readComparisonConfig(env: Record<string, string | undefined>): ComparisonConfig {
  return { alpha: envNumber(env, 'EXPERIMENT_ALPHA', { fallback: 0.05, min: 0.0001, max: 0.5 }) };
}
