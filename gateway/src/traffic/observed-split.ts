import type { SplitReport } from '@coppice/contract';
import { LEAST_ASSIGNMENTS, splitVerdict } from '@coppice/statistics/split-verdict';
import { BUCKETS, stickyBucket } from './sticky-bucket.ts';

type Options = {
  versions: readonly string[];
  /** Seed of the sticky hash. */
  salt: string;
  /** Milliseconds since the epoch. */
  now: () => number;
};

/** Counts which version requests are assigned to, from one change of the weights to the next. */
export class ObservedSplit {
  readonly #versions: readonly string[];
  readonly #salt: string;
  readonly #now: () => number;
  #weights: Readonly<Record<string, number>> = {};
  #since: number;
  #counts = new Map<string, number>();
  /** Sticky buckets seen: the requests of one user are not independent, so each bucket counts once. */
  #seen = new Uint8Array(BUCKETS);

  constructor({ versions, salt, now }: Options) {
    this.#versions = versions;
    this.#salt = salt;
    this.#now = now;
    this.#since = now();
  }

  /** These weights are in force from now on. The same as before continue the count. */
  begin(weights: Readonly<Record<string, number>>): void {
    if (this.#versions.every((version) => weights[version] === this.#weights[version])) return;
    this.#weights = { ...weights };
    this.#since = this.#now();
    this.#counts = new Map();
    this.#seen = new Uint8Array(BUCKETS);
  }

  /** Weight, or this sticky key, drew a version for a request. */
  assigned(version: string, user: string | undefined): void {
    if (user !== undefined) {
      const bucket = stickyBucket(this.#salt, user);
      if (this.#seen[bucket]) return;
      this.#seen[bucket] = 1;
    }
    this.#counts.set(version, (this.#counts.get(version) ?? 0) + 1);
  }

  report(): SplitReport {
    const total = this.#versions.reduce((sum, version) => sum + (this.#weights[version] ?? 0), 0) || 1;
    const assignments = this.#counts.values().reduce((sum, n) => sum + n, 0);
    return {
      since: new Date(this.#since).toISOString(),
      assignments,
      least: LEAST_ASSIGNMENTS,
      versions: this.#versions.map((version) => {
        const share = (this.#weights[version] ?? 0) / total;
        const assigned = this.#counts.get(version) ?? 0;
        return { version, share, assigned, verdict: splitVerdict(assigned, assignments, share) };
      }),
    };
  }
}
