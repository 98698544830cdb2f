import type { VersionMetrics } from '../metrics/gateway-metrics.ts';
import { Ejection, ENVOY_RULES } from './ejection.ts';
import type { InferClient } from './infer-client.ts';
import { openInferClients } from './infer-clients.ts';
import { InferError } from './infer-error.ts';
import { LookConnection } from './look-connection.ts';
import { mlflowServer } from './mlflow.ts';
import { openProtocol } from './open-protocol.ts';
import type { Identity, Wire } from './protocol.ts';
import { ServedModel, TrialError } from './served-model.ts';
import { Upstream } from './upstream.ts';
import type { VersionDeps } from './version-deps.ts';
import type { VersionConfig } from './versions-config.ts';

/** While no version is available, one request to an ejected one is risked this often. */
const RISK_MS = 1000;

/**
 * One version of the model: the client of its server, and whether it may get traffic. Two things must hold, and neither
 * overrules the other: its server is ready (health check, fitting model, a trial inference), and the last requests to it
 * did not fail (`Ejection`).
 */
export class Version {
  readonly name: string;
  readonly url: string;
  /** The model's name on its server. */
  readonly modelName: string;
  readonly metrics: VersionMetrics;
  readonly client: InferClient;
  readonly shadowClient: InferClient;
  readonly replayClient: InferClient;
  readonly #deps: VersionDeps;
  readonly #upstream: Upstream;
  readonly #looks: LookConnection;
  readonly #served: ServedModel;
  readonly #now: () => number;
  readonly #ejection: Ejection;
  #ready = false;
  #wasReady = false;
  #reason: string | null = 'no answer yet';
  /** Of the reason, without what differs each time, so that the log has one line for it. */
  #reasonKind = '';
  #riskedAt = Number.NEGATIVE_INFINITY;
  #risking = false;
  #lastFailure: InferError | null = null;
  #lastSuccess = 0;
  #checking: Promise<void> | null = null;
  #unreadySince: number | null;
  #ejections = 0;
  #unfitRequests = 0;

  constructor({ name, url, modelName }: VersionConfig, deps: VersionDeps) {
    this.name = name;
    this.modelName = modelName;
    this.url = mlflowServer(url) ?? url;
    this.metrics = deps.metrics;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#unreadySince = this.#now();
    this.#ejection = new Ejection(ENVOY_RULES, this.#now);
    this.#upstream = new Upstream(this.url, deps.upstream.timeoutMs, deps.upstream.connectionMs);
    this.#looks = new LookConnection(this.url, deps.upstream.timeoutMs);
    const clients = openInferClients(this.#upstream, deps.upstream, {
      batchSent: deps.metrics.batchSent,
      succeeded: (release) => this.#succeeded(release),
      failed: (error, jobs) => this.blame(error, jobs),
      wireOf: (release, wire) => this.#wireOf(release, wire),
      replaced: (release) => this.lookAgain(release),
      jobsUnderWay: deps.jobsUnderWay ?? (() => 0),
    });
    this.client = clients.real;
    this.shadowClient = clients.shadow;
    this.replayClient = clients.replay;
    const { catalog } = deps;
    this.#served = new ServedModel(name, {
      looks: this.#looks,
      protocol: openProtocol(this.#looks, { url, modelName, now: this.#now, fleet: catalog.view(name) }),
      catalog,
      use: (wire) => {
        for (const client of Object.values(clients)) client.use(wire);
      },
      now: this.#now,
    });
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

  /** Since when its server has not been ready, in milliseconds since the epoch; null while it is. */
  get unreadySince(): number | null {
    return this.#unreadySince;
  }

  /** How often it was ejected since this gateway started. */
  get ejections(): number {
    return this.#ejections;
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

  /** Names of the features without which it cannot answer; none before it is identified. */
  get required(): readonly string[] {
    return this.#deps.catalog.required(this.name);
  }

  /** Requests since this gateway started that it did not get, since they lack one of these. */
  get unfitRequests(): number {
    return this.#unfitRequests;
  }

  /** A request did not come to it, since it lacks a required feature. */
  unfit(): void {
    this.#unfitRequests++;
    this.metrics.unfit();
  }

  /** Announced names of its output tensors, once they are known; the same object while its model is the same. */
  get outputs(): Identity['outputs'] | null {
    return this.#served.outputs;
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

  /** Checks the server now: readiness, what it serves, a trial where one is due; of several, one of release `wanted`. Calls share it. */
  check(wanted?: string): Promise<void> {
    this.#checking ??= this.#check(wanted).finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** Checks it now, and what it serves: its server may answer by another release than it is known by, or did by this one. */
  async lookAgain(release?: string): Promise<void> {
    // one that began before may have missed it
    await this.#checking;
    this.#served.forget();
    await this.check(release);
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
    if (!this.#ready || this.#ejection.state === 'open' || !this.#served.trialDue) return;
    this.#served.try().catch((failure: InferError) => {
      if (!this.#ready || this.#ejection.state === 'open') return;
      this.#lastFailure = failure;
      this.#ejection.open();
      this.#ejected(failure);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#upstream.close(), this.#looks.close()]);
  }

  #wireOf(release: string, wire: Wire): Wire | null {
    const found = this.#served.wireOf(release, wire);
    if (found && this.#served.doubtRelease(release)) void this.lookAgain(release);
    return found;
  }

  #succeeded(release: string | null): void {
    this.#served.heard(release);
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
    this.#ejections++;
    const seconds = Math.round(((this.#ejection.until ?? 0) - this.#now()) / 1000);
    this.#deps.log.warn({ version: this.name, reason, detail: explained, seconds }, 'version ejected');
    this.client.failQueued(new InferError('unavailable'));
  }

  /** Its model may have been replaced: that is looked at now. */
  #doubtIdentity(): void {
    if (this.#served.doubt()) void this.check();
  }

  async #check(wanted?: string): Promise<void> {
    const begun = this.#now();
    try {
      const reason = await this.#served.probe({ wanted, again: this.#ready });
      if (reason !== null) return this.#becomeUnready(reason);
      if (this.#ready) await this.#checkReady();
      else if (this.#served.trialDue) await this.#letIn();
    } catch (error) {
      // a server that is busy with predictions may answer its readiness check late: it is not down
      const busy = error instanceof InferError && error.reason === 'timeout' && this.#lastSuccess >= begun;
      if (!busy) this.#cannotServe(error as Error);
    }
  }

  /** Not ready so far: identifies and tries what its server serves. */
  async #letIn(): Promise<void> {
    await this.#served.identify();
    await this.#served.passTrial();
    this.#ready = true;
    this.#unreadySince = null;
    this.#wasReady = true;
    this.#reason = null;
    this.#reasonKind = '';
    this.metrics.up(this.#ejection.state !== 'open');
    this.#deps.log.info({ version: this.name }, 'version is ready');
  }

  async #checkReady(): Promise<void> {
    if (this.#served.stale && (await this.#served.identify())) {
      this.#deps.log.info({ version: this.name }, 'version serves another model than before');
      await this.#served.passTrial();
    }
    if (!this.#ejection.trialDue || !this.#served.trialDue) return;
    try {
      await this.#served.try();
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
    this.#unreadySince ??= this.#now();
    this.#reason = reason;
    this.#reasonKind = kind;
    for (const client of [this.client, this.shadowClient, this.replayClient])
      client.failQueued(new InferError('unavailable'));
  }
}
