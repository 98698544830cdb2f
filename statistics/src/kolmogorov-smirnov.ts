type Sorted = ArrayLike<number>;

/** Steps (n·m) up to which p is exact, a fraction of a millisecond; from there on the asymptotic p is within a tenth of it. */
const EXACT_STEPS = 20_000;

/**
 * Two-sample, two-sided Kolmogorov–Smirnov test of two ascending samples. Small samples get the exact p-value, larger
 * ones the asymptotic one, both as scipy's `ks_2samp` computes them (scipy switches at 10,000 values, here earlier);
 * ties make it conservative.
 */
export function ksTest(a: Sorted, b: Sorted): { statistic: number; pValue: number } {
  const gap = largestGap(a, b);
  const statistic = gap / (a.length * b.length);
  const pValue =
    a.length * b.length <= EXACT_STEPS ? exactP(a.length, b.length, gap) : asymptoticP(a.length, b.length, statistic);
  return { statistic, pValue };
}

/**
 * P(D ≥ d) for two samples of sizes n and m: the share of lattice paths from (0, 0) to (n, m) that touch |i/n − j/m| ≥ d
 * (Hodges 1958, "The significance probability of the Smirnov two-sample test"). `gap` is d·n·m, a whole number, so
 * nothing is compared in floating point; all terms are positive, so a tiny p keeps its digits.
 */
export function exactP(n: number, m: number, gap: number): number {
  const outside = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= gap) outside[j] = 1;
      else if (i + j > 0) outside[j] = (i * (outside[j] as number) + j * (outside[j - 1] ?? 0)) / (i + j);
    }
  }
  return outside[m] as number;
}

/** P(D ≥ d) of the one-sample statistic at the effective size nm/(n+m), as scipy's `mode="asymp"` does. */
export function asymptoticP(n: number, m: number, d: number): number {
  const size = Math.max(1, Math.round((n * m) / (n + m)));
  // twice the one-sided tail counts paths that cross on both sides twice: less than 1e-3 of the whole from here on
  return Math.min(1, size * d * d >= 1 ? 2 * oneSidedTail(size, d) : kolmogorovTail(size, d));
}

/** P(D⁺ₙ ≥ d), exact (Birnbaum & Tingey 1951, "One-sided confidence contours for probability distribution functions"). */
function oneSidedTail(n: number, d: number): number {
  if (d >= 1) return 0;
  let logChoose = 0;
  let sum = 0;
  for (let j = 0; j <= n * (1 - d); j++) {
    const x = d + j / n;
    sum += Math.exp(logChoose + (j - 1) * Math.log(x) + (n - j) * Math.log(Math.max(0, 1 - x)));
    logChoose += Math.log((n - j) / (j + 1));
  }
  return d * sum;
}

/** The limit distribution with Stephens' correction for size (Stephens 1970): enough where p is large. */
function kolmogorovTail(n: number, d: number): number {
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * d;
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 ? 1 : -1) * Math.exp(-2 * (k * lambda) ** 2);
  return Math.max(0, 2 * sum);
}

/** The largest |Fₐ − F_b| over all values, times both sizes: a whole number. */
function largestGap(a: Sorted, b: Sorted): number {
  const n = a.length;
  const m = b.length;
  let i = 0;
  let j = 0;
  let gap = 0;
  while (i < n && j < m) {
    const value = Math.min(a[i] as number, b[j] as number);
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    gap = Math.max(gap, Math.abs(i * m - j * n));
  }
  return gap;
}
