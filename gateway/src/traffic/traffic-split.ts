import type { Route, VersionState } from '@coppice/contract';
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
}

export type Assignment<V extends SplitVersion> = {
  version: V;
  route: Exclude<Route, 'preview'>;
  /** The assigned version, which is not available, when the route is `failover`. */
  instead?: V;
};

export class UnknownVersionError extends Error {}
export class NoVersionError extends Error {}

type Options<V> = {
  versions: readonly V[];
  weights: Record<string, number>;
  shadow?: string | null;
  /** Seed of the sticky hash. */
  salt: string;
  /** 0 ≤ random() < 1. */
  random?: () => number;
  /** Called with the weights whenever they are set. */
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

  /** Throws `UnknownVersionError` for a pin to an unknown version, and `NoVersionError` when no version is available. */
  assign(pin: string | undefined, user: string | undefined): Assignment<V> {
    if (pin !== undefined) return { version: this.#pinned(pin), route: 'pinned' };
    const index = this.#pick(this.#weights, user);
    const version = this.#versions[index] as V;
    if (version.available) return { version, route: user === undefined ? 'weighted' : 'sticky' };
    const other = this.failover(version, user) ?? this.#lastResort(user);
    if (!other) throw new NoVersionError('No version with weight is ready.');
    if (other === version) return { version, route: user === undefined ? 'weighted' : 'sticky' };
    return { version: other, route: 'failover', instead: version };
  }

  /** Another available version, chosen by weight; null when none has weight. */
  failover(failed: V, user: string | undefined): V | null {
    const weights = this.#where((version) => version !== failed && version.available);
    return this.#versions[this.#pick(weights, user)] ?? null;
  }

  /**
   * Where all versions with weight are ejected, waiting for the end of that would turn a short failure into a long one:
   * one that may be risked gets the request.
   */
  #lastResort(user: string | undefined): V | null {
    const weights = this.#where(({ mayRisk }) => mayRisk);
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
    this.#onWeights(this.weights());
  }

  shadow(): string | null {
    return this.#shadow;
  }

  setShadow(version: string | null): void {
    this.#shadow = version;
  }

  states(): VersionState[] {
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    return this.#versions.map((version, i) => {
      const weight = this.#weights[i] as number;
      const until = version.ejectedUntil;
      return {
        version: version.name,
        weight,
        share: weight / total,
        ready: version.ready,
        ejected: until !== null,
        ejected_until: until === null ? null : new Date(until).toISOString(),
        reason: version.reason,
      };
    });
  }

  #pinned(pin: string): V {
    const version = this.find(pin);
    if (!version) throw new UnknownVersionError(`Unknown version ${pin}. Versions: ${this.versions.join(', ')}.`);
    if (!version.available) throw new NoVersionError(`Version ${pin} is not ready.`);
    return version;
  }

  /** The weights, 0 for versions that do not qualify. */
  #where(qualifies: (version: V) => boolean): number[] {
    return this.#weights.map((weight, i) => (qualifies(this.#versions[i] as V) ? weight : 0));
  }

  #pick(weights: readonly number[], user: string | undefined): number {
    return user === undefined
      ? pickVersion(weights, this.#random())
      : pickVersion(weights, stickyBucket(this.#salt, user), BUCKETS);
  }
}
