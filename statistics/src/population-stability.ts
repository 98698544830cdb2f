import quantile from '@stdlib/stats-base-dists-chisquare-quantile';

type Sorted = ArrayLike<number>;

/** A bin with less of the reference than this is joined to its neighbour: its logarithm would be mostly chance. */
const LEAST_SHARE = 0.05;

/** Population stability index, Σ(a − e)·ln(a / e) over bins; shares below `floor` count as `floor`. */
export function populationStability(expected: readonly number[], actual: readonly number[], floor = 1e-4): number {
  return expected.reduce((psi, share, bin) => {
    const e = Math.max(floor, share);
    const a = Math.max(floor, actual[bin] ?? 0);
    return psi + (a - e) * Math.log(a / e);
  }, 0);
}

/**
 * What PSI exceeds with probability `alpha` when nothing drifted: (1/n + 1/m) · the χ² quantile at bins − 1 degrees of
 * freedom (Yurdakul 2018, "Statistical properties of population stability index"). 0 with fewer than two bins.
 */
export function psiThreshold(n: number, m: number, bins: number, alpha: number): number {
  return bins < 2 ? 0 : (1 / n + 1 / m) * quantile(1 - alpha, bins - 1);
}

/**
 * Inner edges of half-open bins (…, e], made of a reference's deciles. Deciles that fall together (a discrete or
 * constant feature) become one edge, and bins that hold too little of the reference are joined. Edges lie halfway
 * between reference values: on one of them, a client that sends 0.2 as a 32-bit float would move to the next bin.
 */
export function binEdges(deciles: readonly number[], reference: Sorted): number[] {
  const least = LEAST_SHARE * reference.length;
  const edges: number[] = [];
  let below = 0;
  for (const edge of [...new Set(deciles)].sort((x, y) => x - y)) {
    const rows = countUpTo(reference, edge);
    if (rows - below < least || reference.length - rows < least) continue;
    edges.push(((reference[rows - 1] as number) + (reference[rows] as number)) / 2);
    below = rows;
  }
  return edges;
}

/** Shares of an ascending sample in the bins that `edges` part. */
export function binShares(edges: readonly number[], sample: Sorted): number[] {
  const ends = [...edges.map((edge) => countUpTo(sample, edge)), sample.length];
  return ends.map((end, bin) => (end - (ends[bin - 1] ?? 0)) / sample.length);
}

/** How many values of an ascending sample are at most `limit`. */
export function countUpTo(sample: Sorted, limit: number): number {
  let low = 0;
  let high = sample.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sample[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
