import type { VersionState } from '@coppice/contract';

/** What `control` uses of `traffic`, which implements it. Weights apply from the next request on. */
export interface TrafficControl {
  readonly versions: readonly string[];
  weights(): Record<string, number>;
  /** Expects a complete, valid set: every version named, integers ≥ 0, total > 0. */
  setWeights(weights: Record<string, number>): void;
  /** The weights without those of versions that are kept out: what assigns requests. */
  inForce(): Record<string, number>;
  /** Why a version gets no live traffic whatever its weight, or null; or why `release` may not answer for it, where another one does. */
  keptOut(version: string, release?: string): string | null;
  shadow(): string | null;
  setShadow(version: string | null): void;
  states(): VersionState[];
}
