import type { Prediction } from '@coppice/contract';
import { LatencyBuckets } from '@coppice/statistics/latency-buckets';

export type VersionTally = { answers: number; users: Set<string>; feedback: number; correct: number };

/** Everything that is known about a run, counted as it happens. */
export class Tally {
  answered = 0;
  /** Wrong on purpose, and refused with a 4xx as they should be. */
  refused = 0;
  /** What failed that should not have, by kind. */
  readonly failures = new Map<string, number>();
  readonly versions = new Map<string, VersionTally>();
  readonly latency = new LatencyBuckets();
  readonly feedback = { sent: 0, failed: new Map<string, number>() };
  failovers = 0;
  /** Users who were answered by more than one version, failover apart. */
  readonly moved = new Set<string>();
  readonly #versionOfUser = new Map<string, string>();

  answer(
    { model_version, route }: Pick<Prediction, 'model_version' | 'route'>,
    user: string | undefined,
    ms: number,
  ): void {
    this.answered++;
    this.latency.add(ms / 1000);
    const version = this.version(model_version);
    version.answers++;
    if (route === 'failover') this.failovers++;
    if (user === undefined || route === 'failover') return;
    const before = this.#versionOfUser.get(user);
    if (before === undefined) {
      this.#versionOfUser.set(user, model_version);
      version.users.add(user);
    } else if (before !== model_version) this.moved.add(user);
  }

  failure(kind: string): void {
    count(this.failures, kind);
  }

  feedbackSent(version: string, correct: boolean): void {
    const tally = this.version(version);
    tally.feedback++;
    if (correct) tally.correct++;
  }

  version(name: string): VersionTally {
    let tally = this.versions.get(name);
    if (!tally) {
      tally = { answers: 0, users: new Set(), feedback: 0, correct: 0 };
      this.versions.set(name, tally);
    }
    return tally;
  }

  get failed(): number {
    return sum(this.failures.values());
  }

  get users(): number {
    return this.#versionOfUser.size;
  }
}

export function count(counts: Map<string, number>, kind: string, by = 1): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}

export function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const value of counts) total += value;
  return total;
}
