import { binomialTest } from '@coppice/statistics/binomial-test';

/** How often a right split is found wrong, all versions together. */
export const FALSE_ALARMS = 1e-6;

export type Share = { version: string; weight: number; answered: number };

/**
 * What is wrong with a split, a line per version: by the exact binomial test of each version's count against the share of its
 * weight, of which all together find a right split wrong at most `falseAlarms` of the time (Bonferroni). Weights are whole
 * numbers, at least one above 0.
 */
export function judgeSplit(shares: readonly Share[], falseAlarms = FALSE_ALARMS): string[] {
  const total = shares.reduce((sum, { answered }) => sum + answered, 0);
  const weights = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.flatMap(({ version, weight, answered }) => {
    if (weight === 0)
      return answered === 0 ? [] : [`${version} has no weight and answered ${answered} of ${total} requests`];
    const p = binomialTest(answered, total, weight / weights);
    if (p >= falseAlarms / shares.length) return [];
    const [is, should] = [answered / total, weight / weights].map(percent);
    return [`${version} answered ${is} % of ${total} requests and has ${should} % of the weight`];
  });
}

export function percent(share: number): string {
  return (100 * share).toFixed(1);
}
