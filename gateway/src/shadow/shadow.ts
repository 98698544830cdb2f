import type { ShadowReport } from '@coppice/contract';
import type { PredictionObserver } from '../accounting/observer.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { ShadowAgreement } from '../metrics/metric-names.ts';
import { keptRow, type RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import type { TrafficControl } from '../traffic/traffic-control.ts';
import type { InferError } from '../versions/infer-error.ts';
import type { InferAnswer, InferJob } from '../versions/infer-job.ts';
import { lacks } from '../versions/lacks.ts';
import type { Version } from '../versions/version.ts';
import { ShadowTally, type Shown } from './shadow-tally.ts';

/** While more rows than this wait for the live versions, copies are dropped. */
const BUSY_ROWS = 256;

type ShadowedVersion = Pick<Version, 'name' | 'available' | 'required'> & {
  client: Pick<Version['client'], 'queuedRows'>;
  shadowClient: Pick<Version['shadowClient'], 'submit'>;
};

type Deps = {
  traffic: Pick<TrafficControl, 'shadow'>;
  versions: readonly ShadowedVersion[];
  metrics: Pick<GatewayMetrics, 'shadowed' | 'shadowAnswered'>;
  classes: () => readonly string[];
  /** Receives each answer of the shadow version. Must neither throw nor wait. */
  onAnswer?: (answer: { id: string; version: string; class: string }) => void;
  /** What of a row its report may show; default: all. */
  shown?: Shown;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
};

/** Copies each recorded prediction to the shadow version after its answer is sent, and compares the two. */
export class Shadow implements PredictionObserver {
  readonly #deps: Deps;
  readonly #now: () => number;
  readonly #shown: Shown;
  #tally: ShadowTally;
  #version: ShadowedVersion | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#now = deps.now ?? (() => performance.now());
    this.#shown = deps.shown ?? ((live) => live);
    this.#tally = new ShadowTally(this.#shown);
  }

  observe(row: RecordedPrediction): void {
    const version = this.#current();
    if (!version || row.version === version.name || row.label < 0) return;
    // it is no candidate's fault, so that such rows count neither as dropped nor as failed
    if (lacks(row, version.required)) return;
    if (!version.available || this.#busy()) {
      this.#count(version, 'dropped');
      return;
    }
    version.shadowClient.submit(new Copy(keptRow(row), this, version, this.#tally, this.#now()));
  }

  /** Begins to count anew: a version serves another model than before. */
  restart(): void {
    this.#tally = new ShadowTally(this.#shown);
  }

  /** Shows no row of a user any more; counts stay. */
  forget(userHash: string): void {
    this.#tally.forget(userHash);
  }

  report(): ShadowReport {
    this.#current();
    return this.#tally.report(this.#version?.name ?? null, this.#deps.classes());
  }

  answered(copy: Copy, label: number): void {
    const { version, live, tally } = copy;
    const seconds = (this.#now() - copy.startedAt) / 1000;
    this.#deps.metrics.shadowAnswered(version.name, seconds);
    this.#deps.metrics.shadowed(version.name, label === live.label ? 'agree' : 'disagree', 1);
    tally.compared(live, label, seconds);
    const name = this.#deps.classes()[label];
    if (name !== undefined) this.#deps.onAnswer?.({ id: live.id, version: version.name, class: name });
  }

  failed(copy: Copy, error: InferError): void {
    const agreement = error.reason === 'overload' || error.reason === 'unavailable' ? 'dropped' : 'failed';
    this.#deps.metrics.shadowed(copy.version.name, agreement, 1);
    copy.tally[agreement]++;
  }

  /** The present shadow version. A new one starts a new tally. */
  #current(): ShadowedVersion | undefined {
    const name = this.#deps.traffic.shadow();
    if (name !== (this.#version?.name ?? null)) {
      this.#version = this.#deps.versions.find((version) => version.name === name);
      this.#tally = new ShadowTally(this.#shown);
    }
    return this.#version;
  }

  #busy(): boolean {
    let waiting = 0;
    for (const { client } of this.#deps.versions) waiting += client.queuedRows;
    return waiting > BUSY_ROWS;
  }

  #count(version: ShadowedVersion, agreement: Extract<ShadowAgreement, 'dropped'>): void {
    this.#deps.metrics.shadowed(version.name, agreement, 1);
    this.#tally[agreement]++;
  }
}

/** One row on its way to the shadow version. */
class Copy implements InferJob {
  readonly live: RecordedPrediction;
  readonly version: ShadowedVersion;
  readonly tally: ShadowTally;
  readonly rows = 1;
  readonly startedAt: number;
  readonly #shadow: Shadow;

  constructor(
    live: RecordedPrediction,
    shadow: Shadow,
    version: ShadowedVersion,
    tally: ShadowTally,
    startedAt: number,
  ) {
    this.live = live;
    this.#shadow = shadow;
    this.version = version;
    this.tally = tally;
    this.startedAt = startedAt;
  }

  get features(): RecordedPrediction['features'] {
    return this.live.features;
  }

  get columns(): readonly string[] {
    return this.live.columns;
  }

  /** What another release answers says nothing about the one that is compared. */
  stays(release?: string): boolean {
    return release === undefined;
  }

  succeed({ labels }: InferAnswer, first: number): void {
    this.#shadow.answered(this, labels[first] as number);
  }

  fail(error: InferError): void {
    this.#shadow.failed(this, error);
  }
}
