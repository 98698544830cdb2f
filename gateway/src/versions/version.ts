import type { Logger } from 'pino';
import type { VersionMetrics } from '../metrics/gateway-metrics.ts';
import { Ejection, ENVOY_RULES } from './ejection.ts';
import { InferClient } from './infer-client.ts';
import { InferError } from './infer-error.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { openInference } from './open-inference.ts';
import type { Identity, Protocol } from './protocol.ts';
import type { Known } from './signature.ts';
import { trialRows, tryInference } from './trial.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamConfig, VersionConfig } from './versions-config.ts';

/** How long what a version serves counts as known: a model may be replaced behind the same address. */
const IDENTITY_MS = 3000;
/** A version whose trial failed is tried again after this; the same between two trials of any kind. */
const TRIAL_MS = 2000;
/** While no version is available, one request to an ejected one is risked this often. */
const RISK_MS = 1000;

export type VersionDeps = {
  upstream: UpstreamConfig;
  catalog: ModelCatalog;
  metrics: VersionMetrics;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

/**
 * One version of the model: the client of its server, and whether it may get traffic. Two things must hold, and neither
 * overrules the other: its server is ready (health check, fitting model, a trial inference), and the last requests to it
 * did not fail (`Ejection`).
 */
export class Version {
  readonly name: string;
  readonly url: string;
  readonly metrics: VersionMetrics;
  readonly client: InferClient;
  /** Separate from `client`, so that copies of traffic never wait in the queue of real traffic. */
  readonly shadowClient: InferClient;
  readonly #deps: VersionDeps;
  readonly #upstream: Upstream;
  readonly #protocol: Protocol;
  readonly #now: () => number;
  readonly #ejection: Ejection;
  #ready = false;
  #wasReady = false;
  #reason: string | null = 'no answer yet';
  /** Of the reason, without what differs each time, so that the log has one line for it. */
  #reasonKind = '';
  #identity: Identity | null = null;
  #identifiedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #riskedAt = Number.NEGATIVE_INFINITY;
  #risking = false;
  #lastFailure: InferError | null = null;
  #lastSuccess = 0;
  #checking: Promise<void> | null = null;

  constructor({ name, url, modelName }: VersionConfig, deps: VersionDeps) {
    this.name = name;
    this.url = url;
    this.metrics = deps.metrics;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#ejection = new Ejection(ENVOY_RULES, this.#now);
    this.#upstream = new Upstream(url, deps.upstream.timeoutMs);
    this.#protocol = openInference(this.#upstream, modelName);
    this.client = new InferClient(this.#upstream, deps.upstream, {
      batchSent: deps.metrics.batchSent,
      succeeded: () => this.#succeeded(),
      failed: (error, jobs) => this.blame(error, jobs),
    });
    const shadowLimits = { maxQueuedRows: 1024, maxInFlight: 1, maxBatchRows: deps.upstream.maxBatchRows };
    this.shadowClient = new InferClient(this.#upstream, shadowLimits);
  }

  /** May get traffic. After an ejection that is one request at a time, until one succeeds. */
  get available(): boolean {
    if (!this.#ready) return false;
    const { state } = this.#ejection;
    return state === 'closed' || (state === 'half-open' && this.client.idle);
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Milliseconds since the epoch, or null. A passed time means that its trial inferences fail still. */
  get ejectedUntil(): number | null {
    return this.#ejection.until;
  }

  /** Why it is not available, or null. */
  get reason(): string | null {
    if (!this.#ready || this.#ejection.state !== 'open') return this.#reason;
    return `its last requests failed: ${this.#lastFailure?.explained ?? 'unknown'}`;
  }

  /** Ejected, but so long ago since the last try that a request may be risked when nothing else can answer it. */
  get mayRisk(): boolean {
    return (
      this.#ready && this.#ejection.state === 'open' && this.client.idle && this.#now() - this.#riskedAt >= RISK_MS
    );
  }

  /** The next request to it is risked: if it succeeds, the ejection ends. */
  risk(): void {
    this.#risking = true;
    this.#riskedAt = this.#now();
  }

  /** Checks the server now: readiness, what it serves, and a trial inference where one is due. Calls share a check that is under way. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** So many requests failed, and the version is the cause. Enough failures among its last requests eject it. */
  blame(error: InferError, requests = 1): void {
    if (error.reason === 'overload' || error.reason === 'unavailable') return;
    if (error.answered) this.#doubtIdentity();
    if (error.reason === 'connect') void this.check();
    this.#risking = false;
    if (this.#ejection.state !== 'open') this.#lastFailure = error;
    if (this.#ejection.failed(requests)) this.#ejected(error);
  }

  /** A request failed, and either its rows or the version is the cause: a trial inference decides. */
  suspect(error: InferError): void {
    if (!error.answered) return;
    this.#doubtIdentity();
    this.#risking = false;
    if (!this.#ready || this.#ejection.state === 'open' || this.#now() - this.#triedAt < TRIAL_MS) return;
    this.#try().catch((failure: InferError) => {
      if (!this.#ready || this.#ejection.state === 'open') return;
      this.#lastFailure = failure;
      this.#ejection.open();
      this.#ejected(failure);
    });
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #succeeded(): void {
    this.#lastSuccess = this.#now();
    if (this.#risking && this.#ejection.state === 'open') {
      this.#ejection.halfOpen();
      this.#backInTraffic();
    }
    this.#risking = false;
    this.#ejection.succeeded();
  }

  #ejected({ reason, explained }: InferError): void {
    this.metrics.up(false);
    this.metrics.ejected();
    const seconds = Math.round(((this.#ejection.until ?? 0) - this.#now()) / 1000);
    this.#deps.log.warn({ version: this.name, reason, detail: explained, seconds }, 'version ejected');
    this.client.failQueued(new InferError('unavailable'));
  }

  /** Its model may have been replaced: it is read again at the next check, which comes now. */
  #doubtIdentity(): void {
    if (this.#now() - this.#identifiedAt < IDENTITY_MS / 3) return;
    this.#identifiedAt = Number.NEGATIVE_INFINITY;
    void this.check();
  }

  async #check(): Promise<void> {
    const begun = this.#now();
    try {
      const reason = await this.#protocol.probe();
      if (reason !== null) return this.#becomeUnready(reason);
      if (this.#ready) await this.#checkReady(begun);
      else if (begun - this.#triedAt >= TRIAL_MS) await this.#letIn();
    } catch (error) {
      // a server that is busy with predictions may answer its readiness check late: it is not down
      const busy = error instanceof InferError && error.reason === 'timeout' && this.#lastSuccess >= begun;
      if (!busy) this.#cannotServe(error as Error);
    }
  }

  /** Not ready so far: identifies and tries what its server serves. */
  async #letIn(): Promise<void> {
    await this.#identify();
    await this.#passTrial();
    this.#ready = true;
    this.#wasReady = true;
    this.#reason = null;
    this.#reasonKind = '';
    // for one that came back, no earlier try is too young to look at its rows again
    this.#triedAt = Number.NEGATIVE_INFINITY;
    this.metrics.up(this.#ejection.state !== 'open');
    this.#deps.log.info({ version: this.name }, 'version is ready');
  }

  async #checkReady(begun: number): Promise<void> {
    if (begun - this.#identifiedAt >= IDENTITY_MS && (await this.#identify())) {
      this.#deps.log.info({ version: this.name }, 'version serves another model than before');
      await this.#passTrial();
    }
    if (!this.#ejection.trialDue || begun - this.#triedAt < TRIAL_MS) return;
    try {
      await this.#try();
    } catch (error) {
      this.#lastFailure = error as InferError;
      this.#ejection.open();
      return this.#ejected(error as InferError);
    }
    this.#ejection.halfOpen();
    this.#backInTraffic();
  }

  #backInTraffic(): void {
    this.metrics.up(true);
    this.#deps.log.info({ version: this.name }, 'version is ready');
  }

  /** Reads what its server serves. True if that is another model than before. */
  async #identify(): Promise<boolean> {
    const { catalog } = this.#deps;
    const identity = await this.#protocol.identify(knownFrom(catalog));
    const before = this.#identity;
    const changed = before?.key !== identity.key;
    if (changed) catalog.accept(this.name, identity);
    this.#identity = identity;
    this.#identifiedAt = this.#now();
    this.client.use(identity.wire);
    this.shadowClient.use(identity.wire);
    return changed && before !== null;
  }

  async #passTrial(): Promise<void> {
    try {
      await this.#try();
    } catch (error) {
      throw new TrialError(error as InferError);
    }
  }

  /** One trial inference. Throws `InferError`. */
  async #try(): Promise<void> {
    this.#triedAt = this.#now();
    const { wire, features, card } = this.#identity as Identity;
    await tryInference(this.#upstream, wire, trialRows(card ?? this.#deps.catalog.shape()?.card ?? null, features));
    this.#lastSuccess = this.#now();
  }

  #cannotServe(error: Error): void {
    const unreachable = error instanceof InferError;
    // the failures had the same cause, which ends when the server is back and passes its trial
    if (unreachable && this.#lastFailure && !this.#lastFailure.answered) this.#ejection.reset();
    if (error instanceof TrialError) this.#becomeUnready(error.message, `trial: ${error.reason}`);
    else this.#becomeUnready(unreachable ? error.explained : error.message);
  }

  #becomeUnready(reason: string, kind = reason): void {
    this.metrics.up(false);
    if (this.#ready || kind !== this.#reasonKind) {
      const message = 'version is not ready';
      // a version that was never ready is still starting, unless what it answers is wrong
      if (this.#wasReady || kind !== reason) this.#deps.log.warn({ version: this.name, reason }, message);
      else this.#deps.log.info({ version: this.name, reason }, message);
    }
    this.#ready = false;
    this.#reason = reason;
    this.#reasonKind = kind;
    this.client.failQueued(new InferError('unavailable'));
    this.shadowClient.failQueued(new InferError('unavailable'));
  }
}

/** Its server says that it is ready, but a trial inference failed. */
class TrialError extends Error {
  readonly reason: InferError['reason'];

  constructor(cause: InferError) {
    super(`its trial inference failed: ${cause.explained}`, { cause });
    this.reason = cause.reason;
  }
}

function knownFrom(catalog: ModelCatalog): Known | null {
  const shape = catalog.shape();
  return (
    shape && {
      features: shape.features.length,
      classes: shape.classes.length,
      classNames: shape.card && shape.classes,
      ownCard: false,
      decision: 'argmax',
    }
  );
}
