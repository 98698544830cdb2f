import type { Metric, Registry } from 'prom-client';

type Options = { name: string; help: string; buckets: readonly number[]; label: string; registry: Registry };

/** One series of a histogram, counted in plain fields. */
export class Distribution {
  readonly counts: Float64Array;
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let i = 0;
    while (i < bounds.length && value > (bounds[i] as number)) i++;
    (this.counts[i] as number)++;
    this.sum += value;
  }
}

/**
 * A histogram with one label for the path of every prediction, instead of prom-client's, which builds a closure and a
 * label string at every observation. Registers itself; a scrape makes its buckets cumulative, as Prometheus expects.
 */
export class PlainHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #options: Options;
  readonly #series = new Map<string, Distribution>();

  constructor(options: Options) {
    this.name = options.name;
    this.help = options.help;
    this.#options = options;
    // what a registry uses of a metric is its name and `get`
    options.registry.registerMetric(this as unknown as Metric<string>);
  }

  /** The series of a label value, which begins at 0. Get it once and keep it. */
  series(value: string): Distribution {
    const known = this.#series.get(value) ?? new Distribution(this.#options.buckets);
    this.#series.set(value, known);
    return known;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return {
      name,
      help,
      type,
      aggregator,
      values: [...this.#series].flatMap(([value, series]) => this.#values(value, series)),
    };
  }

  reset(): void {
    for (const series of this.#series.values()) {
      series.counts.fill(0);
      series.sum = 0;
    }
  }

  #values(value: string, { counts, sum }: Distribution) {
    const { name } = this;
    const { label, buckets } = this.#options;
    let below = 0;
    const values = [...buckets, '+Inf'].map((le, i) => {
      below += counts[i] as number;
      return { metricName: `${name}_bucket`, labels: { le, [label]: value }, value: below };
    });
    return [
      ...values,
      { metricName: `${name}_sum`, labels: { [label]: value }, value: sum },
      { metricName: `${name}_count`, labels: { [label]: value }, value: below },
    ];
  }
}
