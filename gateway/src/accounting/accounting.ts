import type { Route } from '@coppice/contract';
import { isCounted } from '../metrics/counted-routes.ts';
import type { GatewayMetrics, VersionMetrics } from '../metrics/gateway-metrics.ts';
import type { RequestErrorReason, VersionErrorReason } from '../metrics/metric-names.ts';
import type { Epoch } from '../storage/port/epoch.ts';
import { eachRow, type Rows, type RowsAnswer } from './each-row.ts';
import type { PredictionObserver } from './observer.ts';

/** A request that reached a version. Latency in seconds, from the request's body to its answer. */
export type AccountedRequest = {
  version: { readonly name: string; readonly metrics: VersionMetrics };
  /** The version that weight or sticky hash drew; null when pinned. */
  assigned: { readonly name: string } | null;
  /** When it was assigned. */
  epoch: Epoch | null;
  route: Route;
  seconds: number;
  rows: Rows;
};

type Dependencies = {
  metrics: Pick<GatewayMetrics, 'requestReceived' | 'requestFailed' | 'failedOver'>;
  observers: readonly PredictionObserver[];
  /** Identity of what answered in a version, or null if it has none; `answered`: the number that the answer has. */
  releaseOf: (version: string, answered: string | null) => string | null;
};

/**
 * The one place that counts the requests of all endpoints: it updates the metrics and passes the rows to the observers
 * (record, drift, shadow).
 */
export class Accounting {
  readonly #metrics: Dependencies['metrics'];
  readonly #observers: readonly PredictionObserver[];
  readonly #releaseOf: Dependencies['releaseOf'];
  /** Which of the observers get the rows of the request that is shown. */
  #wanted: boolean[] = [];

  constructor({ metrics, observers, releaseOf }: Dependencies) {
    this.#metrics = metrics;
    this.#observers = observers;
    this.#releaseOf = releaseOf;
  }

  /** A version answered. `answer` goes with the rows. */
  answered(request: AccountedRequest, answer: RowsAnswer): void {
    const { version, route, seconds, rows } = request;
    if (!isCounted[route]) return;
    this.#metrics.requestReceived();
    version.metrics.served(seconds, route);
    const { labels } = answer.answer;
    const end = answer.first + rows.ids.length;
    for (let i = answer.first; i < end; i++) version.metrics.predicted(labels[i] as number);
    this.#show(request, answer);
  }

  /** The last version that the request reached failed. */
  failed(request: AccountedRequest, reason: VersionErrorReason): void {
    const { version, route, seconds } = request;
    if (!isCounted[route]) return;
    this.#metrics.requestReceived();
    version.metrics.failed(reason, seconds, route);
    this.#show(request, reason);
  }

  /** The request reached no version: it is invalid, or no version is available. */
  refused(reason: RequestErrorReason): void {
    this.#metrics.requestReceived();
    this.#metrics.requestFailed(reason);
  }

  /** A request went to another version than the assigned one. */
  failedOver(from: string, to: string, route: Route): void {
    if (isCounted[route]) this.#metrics.failedOver(from, to);
  }

  #show(request: AccountedRequest, outcome: RowsAnswer | string): void {
    if (this.#observers.length === 0) return;
    const { version, assigned, epoch, route, seconds, rows } = request;
    const release = this.#releaseOf(version.name, typeof outcome === 'string' ? null : outcome.answer.release);
    // a release that came in after the assignment is no part of that epoch
    const own = epoch?.releases[version.name] === release ? epoch : null;
    eachRow({ version, assigned, release, epoch: own, route, seconds }, rows, outcome, this.#observe);
  }

  readonly #observe: PredictionObserver['observe'] = (row) => {
    const observers = this.#observers;
    if (row.first) this.#wanted = observers.map((observer) => observer.wants?.(row) !== false);
    for (let i = 0; i < observers.length; i++) if (this.#wanted[i]) (observers[i] as PredictionObserver).observe(row);
  };
}
