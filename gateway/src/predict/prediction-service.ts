import type { Route, Source } from '@coppice/contract';
import type { PredictBody } from '@coppice/serverkit';
import type { AccountedRequest, Accounting } from '../accounting/accounting.ts';
import type { CurrentEpoch } from '../accounting/current-epoch.ts';
import type { ObservedSplit } from '../traffic/observed-split.ts';
import { type Assignment, type TrafficSplit, UnfitRequestError, unfitError } from '../traffic/traffic-split.ts';
import type { InferError } from '../versions/infer-error.ts';
import type { InferAnswer, InferJob } from '../versions/infer-job.ts';
import type { Version } from '../versions/version.ts';

/** Null: the request counts in no comparison. */
type Epoch = AccountedRequest['epoch'];

export type PredictionOutcome = {
  version: Version;
  /** The version that weight or sticky hash drew, before failover; null when pinned. */
  assigned: Version | null;
  /** When it was assigned. */
  epoch: Epoch;
  route: Route;
  answer: InferAnswer;
  /** Index of the request's first row in the answer, which requests may share. */
  first: number;
};

/** The last version that the request reached failed. */
export class PredictionError extends Error {
  readonly version: Version;
  readonly assigned: Version | null;
  readonly epoch: Epoch;
  readonly route: Route;
  readonly reason: InferError['reason'];

  constructor({ version, assigned, epoch, route }: Omit<PredictionOutcome, 'answer' | 'first'>, cause: InferError) {
    super(`Version ${version.name} failed: ${cause.message}.`, { cause });
    this.version = version;
    this.assigned = assigned;
    this.epoch = epoch;
    this.route = route;
    this.reason = cause.reason;
  }
}

type Deps = {
  traffic: TrafficSplit<Version>;
  split: Pick<ObservedSplit, 'assigned'>;
  accounting: Pick<Accounting, 'failedOver'>;
  epoch: Pick<CurrentEpoch, 'now'>;
};

/** Assigns each request to a version, and retries it once on another one if that version fails. */
export class PredictionService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Throws what `TrafficSplit.assign` throws; rejects with `PredictionError`, or with `UnfitRequestError` if the version has
   * another release meanwhile, which requires more.
   */
  predict(request: PredictBody, pin: string | undefined, source: Source): Promise<PredictionOutcome> {
    const { version, route, instead, unfit } = this.#assign(request, pin);
    // versions would be compared on different populations if one of them gets no such requests
    const compared = unfit.length === 0;
    const epoch = compared ? this.#deps.epoch.now : null;
    // only now: a request for metadata is assigned, too, and shows nothing about inference
    if (!version.available) version.risk();
    if (instead) this.#deps.accounting.failedOver(instead.name, version.name, routeShown(request, route));
    const assigned = route === 'pinned' ? null : (instead ?? version);
    if (assigned && compared && source !== 'page' && !request.preview)
      this.#deps.split.assigned(assigned.name, request.user);
    const attempt = new Attempt(this.#deps, request, { version, route, assigned, epoch });
    version.client.submit(attempt);
    return attempt.outcome;
  }

  #assign({ user, missing, preview }: PredictBody, pin: string | undefined): Assignment<Version> {
    const counted = (unfit: readonly Version[]) => {
      if (!preview) for (const version of unfit) version.unfit();
    };
    try {
      const assignment = this.#deps.traffic.assign(pin, user, missing);
      // a pin is no draw that others took part in
      if (pin === undefined) counted(assignment.unfit);
      return assignment;
    } catch (error) {
      if (error instanceof UnfitRequestError) counted(error.unfit);
      throw error;
    }
  }
}

type Start = { version: Version; assigned: Version | null; epoch: Epoch; route: Exclude<Route, 'preview'> };

/** One request, sent at most twice. */
class Attempt implements InferJob {
  readonly features: PredictBody['features'];
  readonly columns: PredictBody['columns'];
  readonly rows: number;
  readonly outcome: Promise<PredictionOutcome>;
  readonly #deps: Deps;
  readonly #request: PredictBody;
  #resolve!: (outcome: PredictionOutcome) => void;
  #reject!: (error: PredictionError | UnfitRequestError) => void;
  readonly #assigned: Version | null;
  readonly #epoch: Epoch;
  #version: Version;
  #retried = false;
  /** The version whose server answered with something else than a prediction; the next one's answer says whose fault it is. */
  #failed: { version: Version; error: InferError } | null = null;
  #route: Exclude<Route, 'preview'>;

  constructor(deps: Deps, request: PredictBody, { version, assigned, epoch, route }: Start) {
    this.features = request.features;
    this.columns = request.columns;
    this.rows = request.rows;
    this.#deps = deps;
    this.#request = request;
    this.#assigned = assigned;
    this.#epoch = epoch;
    this.#version = version;
    this.#route = route;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  stays(release?: string): boolean {
    return this.#route === 'pinned' || this.#deps.traffic.keptOut(this.#version.name, release) === null;
  }

  succeed(answer: InferAnswer, first: number): void {
    if (this.#failed) this.#failed.version.blame(this.#failed.error);
    this.#resolve({ ...this.#origin, answer, first });
  }

  fail(error: InferError): void {
    const missing = error.answered ? this.#missingNow() : this.#request.missing;
    const unfit = error.answered && this.#version.required.some((name) => missing.includes(name));
    const other = this.#mayFailOver(error) ? this.#failover(missing) : null;
    // what it refused was read for the release before, which could do without: that is nobody's fault
    if (!unfit) this.#judge(error, other);
    else if (!other) {
      this.#reject(unfitError([this.#version], missing));
      return;
    }
    if (!other) {
      this.#reject(new PredictionError(this.#origin, error));
      return;
    }
    this.#route = 'failover';
    this.#deps.accounting.failedOver(this.#version.name, other.name, this.#shown);
    this.#version = other;
    this.#retried = true;
    other.client.submit(this);
  }

  /** A row that no version can answer is not the versions' fault, and no client can get them ejected by such rows. */
  #judge(error: InferError, other: Version | null): void {
    if (!error.answered) this.#failed?.version.suspect(this.#failed.error);
    else if (other) this.#failed = { version: this.#version, error };
    else {
      this.#failed?.version.suspect(this.#failed.error);
      this.#version.suspect(error);
    }
  }

  get #origin() {
    return { version: this.#version, assigned: this.#assigned, epoch: this.#epoch, route: this.#shown };
  }

  get #shown(): Route {
    return routeShown(this.#request, this.#route);
  }

  #failover(missing: readonly string[]): Version | null {
    return this.#deps.traffic.failover(this.#version, this.#request.user, missing);
  }

  /** What the request lacks, and of what versions require by now the features that it was not read for. */
  #missingNow(): readonly string[] {
    const { traffic } = this.#deps;
    const required = traffic.versions.flatMap((name) => traffic.find(name)?.required ?? []);
    return [...this.#request.missing, ...required.filter((name) => !this.columns.includes(name))];
  }

  #mayFailOver(error: InferError): boolean {
    // an overloaded version's traffic would only overload the next one
    return this.#route !== 'pinned' && !this.#retried && error.reason !== 'overload';
  }
}

const routeShown = (request: PredictBody, route: Exclude<Route, 'preview'>): Route =>
  request.preview ? 'preview' : route;
