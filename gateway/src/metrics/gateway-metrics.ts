import type { DriftMethodName } from '@coppice/contract';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Compared, ComparisonGauges } from './comparison-gauges.ts';
import { countedRoutes } from './counted-routes.ts';
import {
  BATCH_BUCKETS,
  LATENCY_BUCKETS,
  METRICS,
  type RequestErrorReason,
  requestErrorReasons,
  type ShadowAgreement,
  shadowAgreements,
  versionErrorReasons,
} from './metric-names.ts';
import { PlainCounter, type Tally } from './plain-counter.ts';
import { PlainHistogram } from './plain-histogram.ts';
import { ReleaseGauge } from './release-gauge.ts';
import { RolloutMetrics } from './rollout-metrics.ts';
import type { VersionMetrics } from './version-metrics.ts';

export type { VersionMetrics };

/** Everything the gateway counts, as verbs of its domain. All series that are known at start begin at 0. */
export class GatewayMetrics {
  readonly registry: Registry;
  readonly rollouts: RolloutMetrics;
  readonly releases: ReleaseGauge;
  readonly #versions: readonly string[];
  readonly #requests: Tally;
  readonly #versionRequests: PlainCounter<string>;
  readonly #routeRequests: PlainCounter<string>;
  readonly #latency: PlainHistogram;
  readonly #errors: Counter;
  readonly #failovers: Counter;
  readonly #unfit: Counter;
  readonly #predictions: PlainCounter<string>;
  readonly #batchSize: PlainHistogram;
  readonly #weight: Gauge;
  readonly #splitAssignments: Gauge;
  readonly #splitDiffers: Gauge;
  readonly #up: Gauge;
  readonly #ejections: Counter;
  readonly #driftScore: Gauge;
  readonly #driftSamples: Gauge;
  readonly #featureDrift: Gauge;
  readonly #driftDetected: Gauge;
  readonly #featureDriftDetected: Gauge;
  readonly #predictionDriftDetected: Gauge;
  readonly #recordWritable: Gauge;
  readonly #recordDropped: Counter;
  readonly #feedback: Counter;
  readonly #shadow: Counter;
  readonly #shadowLatency: PlainHistogram;
  readonly #compared: ComparisonGauges;
  readonly #beforeScrape: (() => void | Promise<void>)[] = [];
  readonly #classTallies = new Map<string, Tally[]>();

  constructor({ versions, registry = new Registry() }: { versions: readonly string[]; registry?: Registry }) {
    this.registry = registry;
    this.#versions = versions;
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers: [registry] });
    const gauge = (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    const plain = (name: string, help: string, labelNames: string[] = []) =>
      new PlainCounter({ name, help, labelNames, registers: [registry] });
    const histogram = (name: string, help: string, buckets: readonly number[]) =>
      new PlainHistogram({ name, help, buckets, label: 'version', registry });
    collectDefaultMetrics({ register: registry });

    this.#requests = plain(
      METRICS.requests,
      'Prediction requests, including failed and refused ones. A batch is one request.',
    ).series({});
    this.#versionRequests = plain(
      METRICS.versionRequests,
      'Prediction requests that this version answered, or was the last to fail.',
      ['version'],
    );
    this.#routeRequests = plain(
      METRICS.routeRequests,
      'The same requests by route; only weighted ones are a random sample of the weights.',
      ['version', 'route'],
    );
    this.#latency = histogram(
      METRICS.latency,
      'Seconds from reading a request to writing its answer.',
      LATENCY_BUCKETS,
    );
    this.#errors = counter(
      METRICS.errors,
      'Errors that a client saw. version="none": no version was involved; reason="invalid": the client\'s fault.',
      ['version', 'reason'],
    );
    this.#failovers = counter(METRICS.failovers, 'Requests that failed over to another version.', ['from', 'to']);
    this.#unfit = counter(METRICS.unfitRequests, 'Requests that lack a feature which the version requires.', [
      'version',
    ]);
    this.#predictions = plain(METRICS.predictions, 'Rows predicted, by predicted class.', ['version', 'class']);
    this.#batchSize = histogram(METRICS.batchSize, 'Rows per request to the server of a version.', BATCH_BUCKETS);
    this.#weight = gauge(METRICS.trafficWeight, 'Weight in force; share = weight / sum of weights.', ['version']);
    this.#splitAssignments = gauge(
      METRICS.splitAssignments,
      'Requests that weight or sticky key assigned to the version since the weights in force were set; a user is one.',
      ['version'],
    );
    this.#splitDiffers = gauge(
      METRICS.splitDiffers,
      '1 while that share differs from the weight by more than chance and 2 points.',
      ['version'],
    );
    this.#up = gauge(METRICS.versionUp, '1 while the version is ready and not ejected.', ['version']);
    this.#ejections = counter(
      METRICS.ejections,
      'Times the version was taken out of traffic because its last requests failed.',
      ['version'],
    );
    this.#driftScore = gauge(
      METRICS.driftScore,
      'Overall drift of the features, 0 to 1; 0 while there are too few samples.',
    );
    this.#driftSamples = gauge(METRICS.driftSamples, 'Predictions in the drift window.');
    this.#featureDrift = gauge(METRICS.featureDrift, 'Drift of one feature by one method.', ['feature', 'method']);
    this.#driftDetected = gauge(
      METRICS.driftDetected,
      '1 while the drift report finds drift in inputs or predictions.',
    );
    this.#featureDriftDetected = gauge(METRICS.featureDriftDetected, '1 while the feature drifted by its own test.', [
      'feature',
    ]);
    this.#predictionDriftDetected = gauge(
      METRICS.predictionDriftDetected,
      '1 while the classes that a version predicts differ from what it is expected to predict.',
    );
    this.#recordWritable = gauge(METRICS.recordWritable, '1 while predictions can be recorded.');
    this.#recordDropped = counter(METRICS.recordDropped, 'Predictions that were answered but could not be recorded.');
    this.#feedback = counter(
      METRICS.feedback,
      'Feedback by whether the prediction was correct; repeated feedback counts again only if its result changes.',
      ['version', 'correct'],
    );
    this.#shadow = counter(
      METRICS.shadow,
      'Predictions copied to the shadow version by agreement with the live answer.',
      ['version', 'agreement'],
    );
    this.#shadowLatency = histogram(
      METRICS.shadowLatency,
      'Seconds that the shadow version took to answer.',
      LATENCY_BUCKETS,
    );
    this.rollouts = new RolloutMetrics(registry);
    this.releases = new ReleaseGauge(registry);
    this.#compared = new ComparisonGauges(registry);
    this.#startAtZero();
  }

  /** Names the classes once they are known, so that each one's counter begins at 0. */
  setClasses(classes: readonly string[]): void {
    for (const version of this.#versions) {
      const tallies = this.#talliesOf(version);
      tallies.length = 0;
      for (const name of classes) tallies.push(this.#predictions.series({ version, class: name }));
    }
  }

  forVersion(version: string): VersionMetrics {
    const requests = this.#versionRequests.series({ version });
    const byRoute = new Map<string, Tally>(
      countedRoutes.map((route) => [route, this.#routeRequests.series({ version, route })]),
    );
    const latency = this.#latency.series(version);
    const batchSize = this.#batchSize.series(version);
    const predictions = this.#talliesOf(version);
    return {
      served: (seconds, route) => {
        requests.add();
        byRoute.get(route)?.add();
        latency.observe(seconds);
      },
      failed: (reason, seconds, route) => {
        requests.add();
        byRoute.get(route)?.add();
        latency.observe(seconds);
        this.#errors.inc({ version, reason });
      },
      predicted: (label) => predictions[label]?.add(),
      up: (up) => this.#up.set({ version }, up ? 1 : 0),
      ejected: () => this.#ejections.inc({ version }),
      unfit: () => this.#unfit.inc({ version }),
      batchSent: (rows) => batchSize.observe(rows),
    };
  }

  requestReceived(): void {
    this.#requests.add();
  }

  requestFailed(reason: RequestErrorReason): void {
    this.#errors.inc({ version: 'none', reason });
  }

  failedOver(from: string, to: string): void {
    this.#failovers.inc({ from, to });
  }

  trafficWeight(version: string, weight: number): void {
    this.#weight.set({ version }, weight);
  }

  split(version: string, assignments: number, differs: boolean): void {
    this.#splitAssignments.set({ version }, assignments);
    this.#splitDiffers.set({ version }, differs ? 1 : 0);
  }

  driftScore(score: number): void {
    this.#driftScore.set(score);
  }

  driftSamples(samples: number): void {
    this.#driftSamples.set(samples);
  }

  featureDrift(feature: string, method: DriftMethodName, value: number): void {
    this.#featureDrift.set({ feature, method }, value);
  }

  driftDetected(on: boolean): void {
    this.#driftDetected.set(on ? 1 : 0);
  }

  featureDriftDetected(feature: string, on: boolean): void {
    this.#featureDriftDetected.set({ feature }, on ? 1 : 0);
  }

  predictionDriftDetected(on: boolean): void {
    this.#predictionDriftDetected.set(on ? 1 : 0);
  }

  recordWritable(on: boolean): void {
    this.#recordWritable.set(on ? 1 : 0);
  }

  recordDropped(rows: number): void {
    this.#recordDropped.inc(rows);
  }

  feedback(version: string, correct: boolean): void {
    this.#feedback.inc({ version, correct: String(correct) });
  }

  shadowed(version: string, agreement: ShadowAgreement, rows: number): void {
    this.#shadow.inc({ version, agreement }, rows);
  }

  shadowAnswered(version: string, seconds: number): void {
    this.#shadowLatency.series(version).observe(seconds);
  }

  /** What the versions look like in comparison, instead of before. */
  compared(compared: Compared): void {
    this.#compared.set(compared);
  }

  /** Calls `listener` before each scrape, to set gauges that are computed only then. */
  beforeScrape(update: () => void | Promise<void>): void {
    this.#beforeScrape.push(update);
  }

  /** The exposition text of all metrics. */
  async scrape(): Promise<string> {
    for (const update of this.#beforeScrape) await update();
    return this.registry.metrics();
  }

  #talliesOf(version: string): Tally[] {
    const tallies = this.#classTallies.get(version) ?? [];
    this.#classTallies.set(version, tallies);
    return tallies;
  }

  #startAtZero(): void {
    for (const reason of requestErrorReasons) this.#errors.inc({ version: 'none', reason }, 0);
    for (const version of this.#versions) {
      this.#versionRequests.inc({ version }, 0);
      this.#ejections.inc({ version }, 0);
      this.#unfit.inc({ version }, 0);
      for (const route of countedRoutes) this.#routeRequests.inc({ version, route }, 0);
      for (const reason of versionErrorReasons) this.#errors.inc({ version, reason }, 0);
      for (const to of this.#versions) if (to !== version) this.#failovers.inc({ from: version, to }, 0);
      for (const correct of ['true', 'false']) this.#feedback.inc({ version, correct }, 0);
      for (const agreement of shadowAgreements) this.#shadow.inc({ version, agreement }, 0);
      for (const histogram of [this.#latency, this.#batchSize, this.#shadowLatency]) histogram.series(version);
      for (const gauge of [this.#weight, this.#splitAssignments, this.#splitDiffers, this.#up])
        gauge.set({ version }, 0);
    }
  }
}
