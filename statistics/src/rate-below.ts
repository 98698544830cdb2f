/** Rates that evidence is averaged over, as parts of the limit. */
const PARTS = [0, 0.125, 0.25, 0.5];

/**
 * ln E that a rate lies below `limit` (0–1), from `events` of `n`: the average likelihood ratio of lower rates against the
 * limit, which holds however often one looks. Also for no events at all, where no normal approximation does; events that come
 * in bursts count less, by the design effect `d`.
 */
export function rateBelowLogE(events: number, n: number, limit: number, d = 1): number {
  const exponents = PARTS.map((part) => {
    const logRatio = events === 0 ? 0 : events * Math.log(part);
    return (logRatio + (n - events) * (Math.log1p(-part * limit) - Math.log1p(-limit))) / d;
  });
  const largest = Math.max(...exponents);
  return largest + Math.log(exponents.reduce((sum, one) => sum + Math.exp(one - largest), 0) / PARTS.length);
}
