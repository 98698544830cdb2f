import type { Logger } from 'pino';
import type { VersionMetrics } from '../metrics/gateway-metrics.ts';
import type { VersionErrorReason } from '../metrics/metric-names.ts';
import { Ejection, ENVOY_RULES } from './ejection.ts';
import { InferClient } from './infer-client.ts';
import { InferError } from './infer-error.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { probeReady, readModel } from './probe.ts';
import type { Signature } from './signature.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamConfig, VersionConfig } from './versions-config.ts';

export type VersionDeps = {
  modelName: string;
  upstream: UpstreamConfig;
  catalog: ModelCatalog;
  metrics: VersionMetrics;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

/** One version of the model: the client of its server, and whether it may get traffic. */
export class Version {
  readonly name: string;
  readonly url: string;
  readonly metrics: VersionMetrics;
  readonly client: InferClient;
  /** Separate from `client`, so that copies of traffic never wait in the queue of real traffic. */
  readonly shadowClient: InferClient;
  readonly #deps: VersionDeps;
  readonly #upstream: Upstream;
  readonly #now: () => number;
  readonly #ejection: Ejection;
  #ready = false;
  #wasReady = false;
  #reason: string | null = 'no answer yet';
  #signature: Signature | null = null;
  #lastSuccess = 0;
  #checking: Promise<void> | null = null;

  constructor({ name, url }: VersionConfig, deps: VersionDeps) {
    this.name = name;
    this.url = url;
    this.metrics = deps.metrics;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#ejection = new Ejection(ENVOY_RULES, this.#now);
    this.#upstream = new Upstream(url, deps.upstream.timeoutMs);
    this.client = new InferClient(this.#upstream, deps.modelName, deps.upstream, {
      batchSent: deps.metrics.batchSent,
      succeeded: () => this.reportSuccess(),
      failed: (error) => this.reportFailure(error.reason),
    });
    const shadowLimits = { maxQueuedRows: 1024, maxInFlight: 1, maxBatchRows: deps.upstream.maxBatchRows };
    this.shadowClient = new InferClient(this.#upstream, deps.modelName, shadowLimits);
  }

  get available(): boolean {
    return this.#ready && this.#ejection.until === null;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Milliseconds since the epoch, or null. */
  get ejectedUntil(): number | null {
    return this.#ejection.until;
  }

  /** Why it is not available, or null. */
  get reason(): string | null {
    return this.#ready && this.#ejection.until !== null ? 'its last requests failed' : this.#reason;
  }

  /** Names of its output tensors, once they are known. */
  get outputs(): Pick<Signature, 'label' | 'probability'> | null {
    return this.#signature;
  }

  /** Checks the server's readiness now. Calls share a check that is under way. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** Its server answered a request. */
  reportSuccess(): void {
    this.#lastSuccess = this.#now();
    this.#ejection.succeeded();
  }

  /** A request to its server failed; enough consecutive failures eject the version. */
  reportFailure(reason: VersionErrorReason): void {
    // 4xx is about a request, not about the server
    if (reason === 'refused') return;
    if (reason === 'connect') void this.check();
    if (!this.#ejection.failed()) return;
    this.metrics.up(false);
    this.metrics.ejected();
    const seconds = Math.round(((this.#ejection.until ?? 0) - this.#now()) / 1000);
    this.#deps.log.warn({ version: this.name, reason, seconds }, 'version ejected');
    this.client.failQueued(new InferError('unavailable'));
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  async #check(): Promise<void> {
    const begun = this.#now();
    try {
      const reason = await probeReady(this.#upstream, this.#deps.modelName);
      if (reason !== null) return this.#becomeUnready(reason);
      if (!this.#ready || !this.#signature) {
        this.#signature = await readModel(
          this.#upstream,
          { name: this.name, modelName: this.#deps.modelName },
          this.#deps.catalog,
        );
        this.client.use(this.#signature);
        this.shadowClient.use(this.#signature);
      }
      this.#becomeReady();
    } catch (error) {
      // a server that is busy with predictions may answer its readiness check late: it is not down
      const busy = error instanceof InferError && error.reason === 'timeout' && this.#lastSuccess >= begun;
      if (!busy) this.#becomeUnready((error as Error).message);
    }
  }

  #becomeReady(): void {
    const wasEjected = this.#ejection.until !== null;
    this.#ejection.end();
    this.metrics.up(true);
    if (this.#ready && !wasEjected) return;
    this.#ready = true;
    this.#wasReady = true;
    this.#reason = null;
    this.#deps.log.info({ version: this.name }, 'version is ready');
  }

  #becomeUnready(reason: string): void {
    this.metrics.up(false);
    if (this.#ready || reason !== this.#reason) {
      const message = 'version is not ready';
      // a version that was never ready is still starting
      if (this.#wasReady) this.#deps.log.warn({ version: this.name, reason }, message);
      else this.#deps.log.info({ version: this.name, reason }, message);
    }
    this.#ready = false;
    this.#reason = reason;
    this.client.failQueued(new InferError('unavailable'));
    this.shadowClient.failQueued(new InferError('unavailable'));
  }
}
