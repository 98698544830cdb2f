import type { VersionState } from '@coppice/contract';

/** What the control side asks of the traffic side; implemented beside it. Weights apply from the next request on. */
export interface TrafficControl {
  readonly versions: readonly string[];
  weights(): Record<string, number>;
  /** Expects a whole, valid set: every version named, integers ≥ 0, total > 0. */
  setWeights(weights: Record<string, number>): void;
  shadow(): string | null;
  setShadow(version: string | null): void;
  states(): VersionState[];
}
