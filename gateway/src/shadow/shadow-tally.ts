import type { ShadowReport } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import { quantileSorted } from 'simple-statistics';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

const LATENCIES = 1000;
const DISAGREEMENTS = 20;

type Disagreement = { live: RecordedPrediction; shadowLabel: number };
/** A row without what a report must not show. */
export type Shown = (live: RecordedPrediction) => RecordedPrediction;

/** Results of the copies sent to one shadow version since it became the shadow. */
export class ShadowTally {
  failed = 0;
  dropped = 0;
  readonly #shown: Shown;
  #compared = 0;
  #agreed = 0;
  /** `[live class][shadow class]` */
  readonly #confusion: number[][] = [];
  /** Seconds of the last copies, in a ring. */
  readonly #latencies = new Float64Array(LATENCIES);
  readonly #disagreements: Disagreement[] = [];

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  compared(live: RecordedPrediction, shadowLabel: number, seconds: number): void {
    this.#latencies[this.#compared++ % LATENCIES] = seconds;
    this.#confusion[live.label] ??= [];
    const row = this.#confusion[live.label] as number[];
    row[shadowLabel] = (row[shadowLabel] ?? 0) + 1;
    if (live.label === shadowLabel) {
      this.#agreed++;
      return;
    }
    this.#disagreements.unshift({ live: this.#shown(live), shadowLabel });
    if (this.#disagreements.length > DISAGREEMENTS) this.#disagreements.pop();
  }

  /** Shows no row of a user any more. */
  forget(userHash: string): void {
    const left = this.#disagreements.filter(({ live }) => live.userHash !== userHash);
    this.#disagreements.splice(0, this.#disagreements.length, ...left);
  }

  report(version: string | null, classes: readonly string[]): ShadowReport {
    const compared = this.#compared;
    const className = (label: number) => classes[label] ?? String(label);
    return {
      version,
      compared,
      agreed: this.#agreed,
      failed: this.failed,
      dropped: this.dropped,
      agreement:
        compared === 0 ? null : { value: this.#agreed / compared, interval: wilsonInterval(this.#agreed, compared) },
      classes: [...classes],
      confusion: classes.map((_, i) => classes.map((_, j) => this.#confusion[i]?.[j] ?? 0)),
      latency_ms: compared === 0 ? null : this.#quantiles(),
      disagreements: this.#disagreements.map(({ live, shadowLabel }) => ({
        time: new Date(live.time).toISOString(),
        prediction_id: live.id,
        live_version: live.version,
        live_class: className(live.label),
        shadow_class: className(shadowLabel),
        feature_names: [...live.columns],
        features: Array.from(live.features),
      })),
    };
  }

  #quantiles(): { p50: number; p95: number; p99: number } {
    const sorted = Array.from(this.#latencies.slice(0, Math.min(this.#compared, LATENCIES))).sort((a, b) => a - b);
    const ms = (p: number) => quantileSorted(sorted, p) * 1000;
    return { p50: ms(0.5), p95: ms(0.95), p99: ms(0.99) };
  }
}
