/** Bins grow by 1 %, from a hundredth of a millisecond on. */
const GROWTH = Math.log(1.01);
const LEAST_MS = 0.01;

/** Latencies in constant memory; quantiles are right to 1 %. */
export class LatencyHistogram {
  readonly #counts: number[] = [];
  #total = 0;

  add(ms: number): void {
    const bin = Math.max(0, Math.round(Math.log(ms / LEAST_MS) / GROWTH));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#total++;
  }

  /** Milliseconds that a share `p` of the latencies stay within; null while there are none. */
  quantile(p: number): number | null {
    let left = Math.max(1, Math.ceil(p * this.#total));
    for (let bin = 0; bin < this.#counts.length; bin++) {
      left -= this.#counts[bin] ?? 0;
      if (left <= 0) return LEAST_MS * Math.exp(bin * GROWTH);
    }
    return null;
  }
}
