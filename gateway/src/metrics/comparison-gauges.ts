import type { ComparedMetricName } from '@coppice/contract';
import { Gauge, type Registry } from 'prom-client';
import { METRICS } from './metric-names.ts';

/** Differences of candidates to the baseline, and whether a check alarms; null: not enough data. */
export type Compared = {
  effects: readonly {
    version: string;
    metric: ComparedMetricName;
    effect: number;
    interval: readonly [low: number, high: number];
  }[];
  checks: readonly { version: string; sampleRatio: boolean | null; feedback: boolean | null }[];
};

/** What a comparison shows as metrics: absent without enough data, never NaN. */
export class ComparisonGauges {
  readonly #effect: Gauge;
  readonly #low: Gauge;
  readonly #high: Gauge;
  readonly #srm: Gauge;
  readonly #feedback: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, labelNames: string[]) =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    const each = ['metric', 'version'];
    this.#effect = gauge(
      METRICS.experimentEffect,
      'Difference of the version to the baseline, within epochs; absent without enough data.',
      each,
    );
    this.#low = gauge(
      METRICS.experimentEffectLow,
      'Lower end of its interval, which holds at all looks together.',
      each,
    );
    this.#high = gauge(METRICS.experimentEffectHigh, 'Upper end of that interval.', each);
    this.#srm = gauge(
      METRICS.experimentSrm,
      '1 while requests are not assigned to version and baseline by their weights; absent without enough data.',
      ['version'],
    );
    this.#feedback = gauge(
      METRICS.experimentFeedbackMismatch,
      '1 while answers of version and baseline do not get feedback equally often; absent without enough data.',
      ['version'],
    );
  }

  /** Replaces what was compared before. */
  set({ effects, checks }: Compared): void {
    for (const gauge of [this.#effect, this.#low, this.#high, this.#srm, this.#feedback]) gauge.reset();
    for (const { version, metric, effect, interval } of effects) {
      this.#effect.set({ metric, version }, effect);
      this.#low.set({ metric, version }, interval[0]);
      this.#high.set({ metric, version }, interval[1]);
    }
    for (const { version, sampleRatio, feedback } of checks) {
      if (sampleRatio !== null) this.#srm.set({ version }, sampleRatio ? 1 : 0);
      if (feedback !== null) this.#feedback.set({ version }, feedback ? 1 : 0);
    }
  }
}
