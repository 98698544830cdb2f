import { Counter, type CounterConfiguration } from 'prom-client';

/** One series of a counter, counted in a plain field. */
export class Tally {
  #n = 0;

  add(): void {
    this.#n++;
  }

  /** What was added since the last call. */
  take(): number {
    const n = this.#n;
    this.#n = 0;
    return n;
  }
}

/**
 * A prom-client counter for the path of every prediction: its series count in plain fields, which a scrape adds up.
 * prom-client itself builds a string from the labels at every increment, to look up the series.
 */
export class PlainCounter<L extends string = never> extends Counter<L> {
  readonly #series = new Map<Tally, Record<L, string>>();

  constructor(configuration: Omit<CounterConfiguration<L>, 'collect'>) {
    super({ ...configuration, collect: () => this.#collect() });
  }

  /** A series, which begins at 0. Get it once and keep it. */
  series(labels: Record<L, string>): Tally {
    const tally = new Tally();
    this.#series.set(tally, labels);
    this.inc(labels, 0);
    return tally;
  }

  #collect(): void {
    for (const [tally, labels] of this.#series) this.inc(labels, tally.take());
  }
}
