import type { Route, VersionState } from '@coppice/contract';
import { type KeptOut, NONE_KEPT_OUT, weightsInForce } from './kept-out.ts';
import { pickVersion } from './pick-version.ts';
import { BUCKETS, stickyBucket } from './sticky-bucket.ts';
import type { TrafficControl } from './traffic-control.ts';

/** The part of a version that the split uses. */
export interface SplitVersion {
  readonly name: string;
  /** Ready and not ejected: it may get traffic. */
  readonly available: boolean;
  readonly ready: boolean;
  /** Milliseconds since the epoch, or null. */
  readonly ejectedUntil: number | null;
  /** Why it is not available, or null. */
  readonly reason: string | null;
  /** Ejected, but a request may be risked now if no other version can answer it. */
  readonly mayRisk: boolean;
  /** Names of the features without which it cannot answer; the same array while these are the same. */
  readonly required: readonly string[];
  /** Requests that it did not get because they lack one of these. */
  readonly unfitRequests: number;
}

export type Assignment<V extends SplitVersion> = {
  version: V;
  route: Exclude<Route, 'preview'>;
  /** The assigned version, which is not available, when the route is `failover`. */
  instead?: V;
  /** Versions with weight that could not have answered, since the request lacks features which they require. */
  unfit: readonly V[];
};

export class UnknownVersionError extends Error {}
export class NoVersionError extends Error {}

/** No version that may get the request can do without the features that it lacks. */
export class UnfitRequestError<V extends SplitVersion = SplitVersion> extends Error {
  /** Those that require what it lacks. */
  readonly unfit: readonly V[];

  constructor(message: string, unfit: readonly V[]) {
    super(message);
    this.unfit = unfit;
  }
}

const NONE: readonly never[] = [];

type Options<V> = {
  versions: readonly V[];
  weights: Record<string, number>;
  shadow?: string | null;
  /** Seed of the sticky hash. */
  salt: string;
  /** 0 ≤ random() < 1. */
  random?: () => number;
  /** Called with the weights in force whenever weights are set or versions are kept out. */
  onWeights?: (weights: Record<string, number>) => void;
};

/** Assigns each request to a version: pin, else sticky key, else by chance in proportion to the weights. */
export class TrafficSplit<V extends SplitVersion> implements TrafficControl {
  readonly versions: readonly string[];
  readonly #versions: readonly V[];
  readonly #salt: string;
  readonly #random: () => number;
  readonly #onWeights: (weights: Record<string, number>) => void;
  #weights: readonly number[] = [];
  #keptOut: KeptOut = NONE_KEPT_OUT;
  #releaseOut: (release: number) => string | null = () => null;
  /** What assigns requests: the weights without those that are kept out. It changes only when one of the two does. */
  #inForce: readonly number[] = [];
  #shadow: string | null;

  constructor({ versions, weights, shadow = null, salt, random = Math.random, onWeights = () => {} }: Options<V>) {
    this.#versions = versions;
    this.versions = versions.map(({ name }) => name);
    this.#salt = salt;
    this.#random = random;
    this.#onWeights = onWeights;
    this.#shadow = shadow;
    this.setWeights(weights);
  }

  /**
   * `missing`: names of the features that the request lacks; only versions that can do without them get it. Throws
   * `UnknownVersionError` for a pin to an unknown version, `NoVersionError` when no version is available, and
   * `UnfitRequestError` when none can do without.
   */
  assign(pin: string | undefined, user: string | undefined, missing: readonly string[] = NONE): Assignment<V> {
    const unfit = missing.length === 0 ? NONE : this.#unfit(missing);
    if (pin !== undefined) return { version: this.#pinned(pin, missing), route: 'pinned', unfit };
    const weights = unfit.length === 0 ? this.#inForce : this.#where((version) => !unfit.includes(version));
    const version = this.#versions[this.#pick(weights, user)];
    if (!version) throw unfit.length > 0 ? unfitError(unfit, missing) : this.#allKeptOut();
    const route = user === undefined ? 'weighted' : 'sticky';
    if (version.available) return { version, route, unfit };
    const other = this.failover(version, user, missing) ?? this.#lastResort(user, missing);
    if (!other) throw new NoVersionError(`No version with weight${able(missing)} is ready.`);
    if (other === version) return { version, route, unfit };
    return { version: other, route: 'failover', instead: version, unfit };
  }

  /** Another available version that can do without `missing`, chosen by weight; null when none has weight. */
  failover(failed: V, user: string | undefined, missing: readonly string[] = NONE): V | null {
    const weights = this.#where(
      (version) => version !== failed && version.available && lacking(version, missing).length === 0,
    );
    return this.#versions[this.#pick(weights, user)] ?? null;
  }

  /**
   * Where all versions with weight are ejected, waiting for the end of that would turn a short failure into a long one:
   * one that may be risked gets the request.
   */
  #lastResort(user: string | undefined, missing: readonly string[]): V | null {
    const weights = this.#where((version) => version.mayRisk && lacking(version, missing).length === 0);
    return this.#versions[this.#pick(weights, user)] ?? null;
  }

  find(name: string): V | undefined {
    return this.#versions[this.versions.indexOf(name)];
  }

  weights(): Record<string, number> {
    return Object.fromEntries(this.versions.map((name, i) => [name, this.#weights[i] ?? 0]));
  }

  setWeights(weights: Record<string, number>): void {
    const next = this.versions.map((name) => weights[name] ?? 0);
    if (!next.every((weight) => Number.isInteger(weight) && weight >= 0) || next.every((weight) => weight === 0))
      throw new RangeError('weights must be whole numbers of 0 or more, at least one above 0');
    this.#weights = next;
    this.#enforce();
  }

  inForce(): Record<string, number> {
    return Object.fromEntries(this.versions.map((name, i) => [name, this.#inForce[i] ?? 0]));
  }

  keptOut(version: string, release?: string): string | null {
    return release === undefined ? (this.#keptOut.reasons.get(version) ?? null) : this.#releaseOut(Number(release));
  }

  /** From now on `why` says why a release may answer no live traffic, by its number; null: it may. */
  keepOutReleases(why: (release: number) => string | null): void {
    this.#releaseOut = why;
  }

  /** These versions, and no others, get no live traffic from now on, whatever their weight; pins still reach them. */
  keepOut(keptOut: KeptOut): void {
    this.#keptOut = keptOut;
    this.#enforce();
  }

  shadow(): string | null {
    return this.#shadow;
  }

  setShadow(version: string | null): void {
    this.#shadow = version;
  }

  states(): VersionState[] {
    const total = this.#inForce.reduce((sum, weight) => sum + weight, 0) || 1;
    const differ = new Set(this.#versions.map(({ required }) => required.toSorted().join('\n'))).size > 1;
    return this.#versions.map((version, i) => {
      const weight = this.#weights[i] as number;
      const until = version.ejectedUntil;
      return {
        version: version.name,
        weight,
        share: (this.#inForce[i] as number) / total,
        ready: version.ready,
        ejected: until !== null,
        ejected_until: until === null ? null : new Date(until).toISOString(),
        reason: version.reason ?? this.keptOut(version.name),
        ...(differ ? { requires: [...version.required] } : {}),
        unfit_requests: version.unfitRequests,
      };
    });
  }

  #pinned(pin: string, missing: readonly string[]): V {
    const version = this.find(pin);
    if (!version) throw new UnknownVersionError(`Unknown version ${pin}. Versions: ${this.versions.join(', ')}.`);
    if (lacking(version, missing).length > 0) throw unfitError([version], missing);
    if (!version.available) throw new NoVersionError(`Version ${pin} is not ready.`);
    return version;
  }

  /** Versions with weight that cannot do without `missing`. */
  #unfit(missing: readonly string[]): readonly V[] {
    return this.#versions.filter((version, i) => this.#inForce[i] !== 0 && lacking(version, missing).length > 0);
  }

  #enforce(): void {
    this.#inForce = weightsInForce(this.versions, this.#weights, this.#keptOut);
    this.#onWeights(this.inForce());
  }

  #allKeptOut(): NoVersionError {
    const names = this.versions.filter((_, i) => this.#weights[i] !== 0);
    return new NoVersionError(
      `No version may answer: ${names.map((name) => `${name}: ${this.keptOut(name)}`).join('; ')}.`,
    );
  }

  /** The weights in force, 0 for versions that do not qualify. */
  #where(qualifies: (version: V) => boolean): number[] {
    return this.#inForce.map((weight, i) => (qualifies(this.#versions[i] as V) ? weight : 0));
  }

  #pick(weights: readonly number[], user: string | undefined): number {
    return user === undefined
      ? pickVersion(weights, this.#random())
      : pickVersion(weights, stickyBucket(this.#salt, user), BUCKETS);
  }
}

/** What of `missing` a version requires. */
function lacking({ required }: SplitVersion, missing: readonly string[]): readonly string[] {
  return missing.length === 0 ? NONE : missing.filter((name) => required.includes(name));
}

const able = (missing: readonly string[]) => (missing.length === 0 ? '' : ` that can do without ${missing.join(', ')}`);

/** Why none of these versions can answer a request that lacks `missing`. */
export function unfitError<V extends SplitVersion>(
  unfit: readonly V[],
  missing: readonly string[],
): UnfitRequestError<V> {
  const needs = unfit.map((version) => `${version.name} requires ${lacking(version, missing).join(', ')}`);
  return new UnfitRequestError(
    unfit.length === 1
      ? `Version ${needs[0]}, which the request lacks.`
      : `No version with weight can do without what the request lacks: ${needs.join('; ')}.`,
    unfit,
  );
}
