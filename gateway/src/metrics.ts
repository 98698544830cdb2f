import type { Route } from '@coppice/contract';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  BATCH_BUCKETS,
  countedRoutes,
  LATENCY_BUCKETS,
  METRICS,
  type RequestErrorReason,
  requestErrorReasons,
  type ShadowAgreement,
  shadowAgreements,
  type VersionErrorReason,
  versionErrorReasons,
} from './metric-names.ts';

/** What happened to one version, counted without a label look-up. Requests count requests; predictions count rows. */
export type VersionMetrics = {
  /** It answered a request after `seconds`. */
  served(seconds: number, route: Route): void;
  /** A client got an error from it after `seconds`. */
  failed(reason: VersionErrorReason, seconds: number, route: Route): void;
  /** It predicted the class with this index for one row. */
  predicted(label: number): void;
  /** It may or may not have traffic. */
  up(up: boolean): void;
  /** It was taken out of traffic because its last requests failed. */
  ejected(): void;
  /** One request of `rows` rows went to its server. */
  batchSent(rows: number): void;
};

/** Everything the gateway counts, as verbs of its own trade. All series that are known at start begin at 0. */
export class GatewayMetrics {
  readonly registry: Registry;
  readonly #versions: readonly string[];
  readonly #requests: Counter;
  readonly #versionRequests: Counter;
  readonly #routeRequests: Counter;
  readonly #latency: Histogram;
  readonly #errors: Counter;
  readonly #failovers: Counter;
  readonly #predictions: Counter;
  readonly #batchSize: Histogram;
  readonly #weight: Gauge;
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
  readonly #shadowLatency: Histogram;
  readonly #beforeScrape: (() => void | Promise<void>)[] = [];
  readonly #classCounters = new Map<string, { inc(): void }[]>();

  constructor({ versions, registry = new Registry() }: { versions: readonly string[]; registry?: Registry }) {
    this.registry = registry;
    this.#versions = versions;
    const registers = [registry];
    const latency = { buckets: LATENCY_BUCKETS, labelNames: ['version'], registers };
    collectDefaultMetrics({ register: registry });

    this.#requests = new Counter({
      name: METRICS.requests,
      help: 'Prediction requests, failed and refused ones too. A batch is one request.',
      registers,
    });
    this.#versionRequests = new Counter({
      name: METRICS.versionRequests,
      help: 'Prediction requests that this version answered or finally failed.',
      labelNames: ['version'],
      registers,
    });
    this.#routeRequests = new Counter({
      name: METRICS.routeRequests,
      help: 'The same requests by how they came to the version; only weighted ones are a sample of the weights.',
      labelNames: ['version', 'route'],
      registers,
    });
    this.#latency = new Histogram({
      name: METRICS.latency,
      help: 'Seconds from a request read to its answer written.',
      ...latency,
    });
    this.#errors = new Counter({
      name: METRICS.errors,
      help: 'Errors that a client saw. version="none": no version was involved; reason="invalid": the client\'s fault.',
      labelNames: ['version', 'reason'],
      registers,
    });
    this.#failovers = new Counter({
      name: METRICS.failovers,
      help: 'Requests that one version could not answer and another was asked for instead.',
      labelNames: ['from', 'to'],
      registers,
    });
    this.#predictions = new Counter({
      name: METRICS.predictions,
      help: 'Rows predicted, by predicted class.',
      labelNames: ['version', 'class'],
      registers,
    });
    this.#batchSize = new Histogram({
      name: METRICS.batchSize,
      help: 'Rows in one request to the server of a version.',
      buckets: BATCH_BUCKETS,
      labelNames: ['version'],
      registers,
    });
    this.#weight = new Gauge({
      name: METRICS.trafficWeight,
      help: 'Weight in force; share = weight / sum of weights.',
      labelNames: ['version'],
      registers,
    });
    this.#up = new Gauge({
      name: METRICS.versionUp,
      help: '1 while the version is ready and not ejected.',
      labelNames: ['version'],
      registers,
    });
    this.#ejections = new Counter({
      name: METRICS.ejections,
      help: 'Times that the version was taken out of traffic because its last requests failed.',
      labelNames: ['version'],
      registers,
    });
    this.#driftScore = new Gauge({
      name: METRICS.driftScore,
      help: 'Overall drift of the features, 0 to 1; 0 while there are too few samples.',
      registers,
    });
    this.#driftSamples = new Gauge({
      name: METRICS.driftSamples,
      help: 'Predictions in the drift window.',
      registers,
    });
    this.#featureDrift = new Gauge({
      name: METRICS.featureDrift,
      help: 'Drift of one feature by one method.',
      labelNames: ['feature', 'method'],
      registers,
    });
    this.#driftDetected = new Gauge({
      name: METRICS.driftDetected,
      help: '1 while the drift report says that inputs or predictions drifted.',
      registers,
    });
    this.#featureDriftDetected = new Gauge({
      name: METRICS.featureDriftDetected,
      help: '1 while this feature drifted by its own test.',
      labelNames: ['feature'],
      registers,
    });
    this.#predictionDriftDetected = new Gauge({
      name: METRICS.predictionDriftDetected,
      help: '1 while the mix of predicted classes is not that of training.',
      registers,
    });
    this.#recordWritable = new Gauge({
      name: METRICS.recordWritable,
      help: '1 while predictions can be recorded.',
      registers,
    });
    this.#recordDropped = new Counter({
      name: METRICS.recordDropped,
      help: 'Predictions that were answered but could not be recorded.',
      registers,
    });
    this.#feedback = new Counter({
      name: METRICS.feedback,
      help: 'Feedback by whether the prediction was correct; sent again, it counts again only when it says otherwise.',
      labelNames: ['version', 'correct'],
      registers,
    });
    this.#shadow = new Counter({
      name: METRICS.shadow,
      help: 'Predictions copied to the shadow version, by agreement with the live answer.',
      labelNames: ['version', 'agreement'],
      registers,
    });
    this.#shadowLatency = new Histogram({
      name: METRICS.shadowLatency,
      help: 'Seconds that the shadow version took.',
      ...latency,
    });
    this.#startAtZero();
  }

  /** Names the classes once they are known, so that each one's counter begins at 0. */
  setClasses(classes: readonly string[]): void {
    for (const version of this.#versions) {
      const counters = this.#classCounters.get(version) ?? [];
      this.#classCounters.set(version, counters);
      counters.length = 0;
      for (const name of classes) {
        const labels = { version, class: name };
        this.#predictions.inc(labels, 0);
        counters.push(this.#predictions.labels(labels));
      }
    }
  }

  forVersion(version: string): VersionMetrics {
    const requests = this.#versionRequests.labels(version);
    const byRoute = new Map<string, { inc(): void }>(
      countedRoutes.map((route) => [route, this.#routeRequests.labels(version, route)]),
    );
    const latency = this.#latency.labels(version);
    const batchSize = this.#batchSize.labels(version);
    const classCounters = this.#classCounters.get(version) ?? [];
    this.#classCounters.set(version, classCounters);
    return {
      served: (seconds, route) => {
        requests.inc();
        byRoute.get(route)?.inc();
        latency.observe(seconds);
      },
      failed: (reason, seconds, route) => {
        requests.inc();
        byRoute.get(route)?.inc();
        latency.observe(seconds);
        this.#errors.inc({ version, reason });
      },
      predicted: (label) => classCounters[label]?.inc(),
      up: (up) => this.#up.set({ version }, up ? 1 : 0),
      ejected: () => this.#ejections.inc({ version }),
      batchSent: (rows) => batchSize.observe(rows),
    };
  }

  requestReceived(): void {
    this.#requests.inc();
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

  driftScore(score: number): void {
    this.#driftScore.set(score);
  }

  driftSamples(samples: number): void {
    this.#driftSamples.set(samples);
  }

  featureDrift(feature: string, method: 'psi' | 'ks' | 'mean_std', value: number): void {
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
    this.#shadowLatency.observe({ version }, seconds);
  }

  /** Called before each scrape, to set gauges that are computed only then. */
  beforeScrape(update: () => void | Promise<void>): void {
    this.#beforeScrape.push(update);
  }

  /** The exposition text of all metrics. */
  async scrape(): Promise<string> {
    for (const update of this.#beforeScrape) await update();
    return this.registry.metrics();
  }

  #startAtZero(): void {
    for (const reason of requestErrorReasons) this.#errors.inc({ version: 'none', reason }, 0);
    for (const version of this.#versions) {
      this.#versionRequests.inc({ version }, 0);
      this.#ejections.inc({ version }, 0);
      for (const route of countedRoutes) this.#routeRequests.inc({ version, route }, 0);
      for (const reason of versionErrorReasons) this.#errors.inc({ version, reason }, 0);
      for (const to of this.#versions) if (to !== version) this.#failovers.inc({ from: version, to }, 0);
      for (const correct of ['true', 'false']) this.#feedback.inc({ version, correct }, 0);
      for (const agreement of shadowAgreements) this.#shadow.inc({ version, agreement }, 0);
      for (const histogram of [this.#latency, this.#batchSize, this.#shadowLatency]) histogram.zero({ version });
      for (const gauge of [this.#weight, this.#up]) gauge.set({ version }, 0);
    }
  }
}
