/** The amount of information at which the sequence is tightest: about 5,000 rows at 50/50. */
const TIGHTEST = 1250;
/** The mixture's precision that makes it tightest there at α = 0.05 (Howard et al. 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", section 3.5). */
const PRECISION = 2 * Math.log(20) + Math.log(1 + 2 * Math.log(20));

/**
 * How many standard errors an interval reaches to either side, so that it holds the truth at all looks together with
 * probability 1 − α: the two-sided normal mixture (Robbins 1970), as gbstats and confseq compute it. `x` is the
 * information, Σ n_T·n_C/N divided by the design effect, above 0.
 */
export function sequenceBound(x: number, alpha: number): number {
  const y = (PRECISION * x) / TIGHTEST;
  return Math.sqrt((1 + 1 / y) * (Math.log1p(y) - 2 * Math.log(alpha)));
}

/**
 * The p-value that stays valid however often one looks: the smallest α whose bound `z` standard errors exceed, at most 1.
 * `x` as for `sequenceBound`.
 */
export function sequencePValue(z: number, x: number): number {
  const y = (PRECISION * x) / TIGHTEST;
  return Math.min(1, Math.sqrt(1 + y) * Math.exp((-z * z * y) / (2 * (1 + y))));
}
