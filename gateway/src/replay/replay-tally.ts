import type { ReplayComparison, ReplayDisagreement, ReplaySummary } from '@coppice/contract';
import { BUCKETS } from '@coppice/statistics/bucketed';
import { LatencyBuckets } from '@coppice/statistics/latency-buckets';
import { pairedTest } from '@coppice/statistics/paired-test';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import { bucketOf } from '../accounting/each-row.ts';
import type { ReplayableRow } from './replayable-row.ts';

const DISAGREEMENTS = 100;
/** Different reasons that are counted, and of these the commonest that are shown. */
const REASONS = 100;
const REASONS_SHOWN = 10;
/** ln(1/α) at α = 0.05. */
export const EVIDENCE = Math.log(20);

type Deps = {
  classes: readonly string[];
  /** The replayed version and its release: what it answered itself is no comparison. */
  version: string;
  release: string | null;
  /** The release that a version served when the replay began; null if it has none. */
  inForce: (version: string) => string | null;
};

/** What a replayed version answered so far, against what was answered. */
export class ReplayTally {
  failed = 0;
  #notReplayable = 0;
  readonly #reasons = new Map<string, number>();
  readonly #deps: Deps;
  readonly #groups = new Map<string, Group>();
  readonly #latency = new LatencyBuckets();
  readonly #disagreements: ReplayDisagreement[] = [];
  #rows = 0;
  #right = 0;
  #withFeedback = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A row that the version cannot take. */
  notReplayable(why: string): void {
    this.#notReplayable++;
    const before = this.#reasons.get(why);
    if (before !== undefined || this.#reasons.size < REASONS) this.#reasons.set(why, (before ?? 0) + 1);
  }

  answered(row: ReplayableRow, label: number, seconds: number): void {
    const { classes, version, release } = this.#deps;
    this.#rows++;
    this.#latency.add(seconds);
    const replayed = classes[label] as string;
    if (row.actual !== null) {
      this.#withFeedback++;
      if (row.actual === replayed) this.#right++;
    }
    if (row.model_version === version && row.release === release) return;
    this.#groupOf(row).add(row, classes.indexOf(row.class), label, replayed);
    if (row.class !== replayed && this.#disagreements.length < DISAGREEMENTS)
      this.#disagreements.push(disagreement(row, replayed));
  }

  report(): Pick<
    ReplaySummary,
    'rows' | 'failed' | 'not_replayable' | 'not_replayable_why' | 'accuracy' | 'latency_ms' | 'classes' | 'comparisons'
  > & { disagreements: ReplayDisagreement[] } {
    const ms = (share: number) => (this.#latency.quantile(share) as number) * 1000;
    return {
      rows: this.#rows,
      failed: this.failed,
      not_replayable: this.#notReplayable,
      not_replayable_why: [...this.#reasons]
        .map(([why, rows]) => ({ why, rows }))
        .sort((a, b) => b.rows - a.rows)
        .slice(0, REASONS_SHOWN),
      accuracy:
        this.#withFeedback === 0
          ? null
          : { right: this.#right, rows: this.#withFeedback, ...share(this.#right, this.#withFeedback) },
      latency_ms: this.#rows === 0 ? null : { p50: ms(0.5), p95: ms(0.95), p99: ms(0.99) },
      classes: [...this.#deps.classes],
      comparisons: [...this.#groups.values()]
        .map((group) => group.report(this.#deps))
        .sort((a, b) => Number(b.in_force) - Number(a.in_force) || b.compared - a.compared),
      disagreements: [...this.#disagreements],
    };
  }

  #groupOf({ model_version, release }: ReplayableRow): Group {
    const key = `${model_version} ${release ?? ''}`;
    let group = this.#groups.get(key);
    if (!group) {
      group = new Group(model_version, release, this.#deps.classes.length);
      this.#groups.set(key, group);
    }
    return group;
  }
}

/** Rows that one release of a live version answered. */
class Group {
  readonly #version: string;
  readonly #release: string | null;
  readonly #confusion: number[][];
  readonly #onlyReplayed = new Float64Array(BUCKETS);
  readonly #onlyLive = new Float64Array(BUCKETS);
  #compared = 0;
  #agreed = 0;
  #withFeedback = 0;
  #liveRight = 0;
  #replayedRight = 0;

  constructor(version: string, release: string | null, classes: number) {
    this.#version = version;
    this.#release = release;
    this.#confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(row: ReplayableRow, liveLabel: number, label: number, replayed: string): void {
    this.#compared++;
    const counts = this.#confusion[liveLabel] as number[];
    counts[label] = (counts[label] as number) + 1;
    if (liveLabel === label) this.#agreed++;
    if (row.actual === null) return;
    const [live, other] = [row.class === row.actual, replayed === row.actual];
    this.#withFeedback++;
    if (live) this.#liveRight++;
    if (other) this.#replayedRight++;
    if (live === other) return;
    const bucket = bucketOf(row.user_hash ?? row.prediction_id.slice(-2));
    const counted = other ? this.#onlyReplayed : this.#onlyLive;
    counted[bucket] = (counted[bucket] as number) + 1;
  }

  report({ inForce }: Pick<Deps, 'inForce'>): ReplayComparison {
    const { b, c, logE, designEffect } = pairedTest(this.#onlyReplayed, this.#onlyLive);
    return {
      live_version: this.#version,
      live_release: this.#release,
      in_force: this.#release === inForce(this.#version),
      compared: this.#compared,
      agreed: this.#agreed,
      agreement: share(this.#agreed, this.#compared),
      with_feedback: this.#withFeedback,
      live_right: this.#liveRight,
      replayed_right: this.#replayedRight,
      paired: {
        ...{ only_replayed: b, only_live: c, log_e: logE, design_effect: designEffect },
        verdict: logE < EVIDENCE ? 'no difference seen' : b > c ? 'better' : 'worse',
      },
      confusion: this.#confusion,
    };
  }
}

function share(part: number, all: number): { value: number; interval: [number, number] } {
  return { value: part / all, interval: wilsonInterval(part, all) };
}

function disagreement(row: ReplayableRow, replayed: string): ReplayDisagreement {
  return {
    time: row.time,
    prediction_id: row.prediction_id,
    live_version: row.model_version,
    live_release: row.release,
    live_class: row.class,
    replayed_class: replayed,
    actual: row.actual,
    feature_names: row.feature_names,
    features: row.features,
  };
}
