import { type Bucketed, emptyBucketed } from '@coppice/statistics/bucketed';
import type { CellMetric, EpochCells } from '../storage/port/comparison-store.ts';

/** A candidate and the baseline that it is compared with. */
export type Pair = { readonly candidate: string; readonly baseline: string };

/** What one version counted in an epoch. */
export type Arm = {
  metric(metric: CellMetric): Bucketed;
  /** Rows that the shadow version `against` answered too: see `cellMetrics`. */
  paired(against: string): Bucketed | null;
  /** See `LatencyCells`; null without answers. */
  readonly latencies: Uint32Array | null;
};

/** What both versions of a pair counted in an epoch. */
export type PairEpoch = {
  /** Number of the epoch. */
  readonly id: number;
  readonly candidate: Arm;
  readonly baseline: Arm;
  /** The candidate's share of the pair's weight, 0–1. */
  readonly share: number;
  readonly started: number;
  readonly updated: number;
};

/** SHA-256 of what each version serves; null: not known, or it has none. */
export type Releases = Readonly<Record<string, string | null>>;

/** Of epochs, those of the pair's `releases`, each with what both versions counted; the order stays. */
export function pairEpochs(epochs: readonly EpochCells[], pair: Pair, releases: Releases): PairEpoch[] {
  return epochsOfReleases(epochs, [pair.candidate, pair.baseline], releases).map((epoch) => ({
    candidate: armOf(epoch, pair.candidate),
    baseline: armOf(epoch, pair.baseline),
    share: shareOf(epoch.weights, pair),
    id: epoch.id,
    started: epoch.started,
    updated: epoch.updated,
  }));
}

/**
 * The epochs in which the versions served these releases: two different releases of a version are never added up. A release
 * that is not known counts as the same, unless the version had a different one in any of the epochs.
 */
export function epochsOfReleases(
  epochs: readonly EpochCells[],
  versions: readonly string[],
  releases: Releases,
): EpochCells[] {
  const mixed = versions.filter((version) => knownReleases(epochs, version, releases).size > 1);
  return epochs.filter((epoch) =>
    versions.every((version) => {
      const [then, now] = [epoch.releases[version] ?? null, releases[version] ?? null];
      return then === now || (!mixed.includes(version) && (then === null || now === null));
    }),
  );
}

/** What each version serves now; where that is not known, what the newest epoch says that knows it. */
export function releasesInForce(epochs: readonly EpochCells[], now: Releases): Releases {
  return lastKnown([...epochs.map(({ releases }) => releases), now]);
}

/** What each version served first. */
export function firstReleases(epochs: readonly EpochCells[], now: Releases): Releases {
  return lastKnown([...epochs.map(({ releases }) => releases), now].reverse());
}

/** Every known release of a version, in these epochs and now. */
export function knownReleases(epochs: readonly EpochCells[], version: string, now: Releases): Set<string> {
  const releases = [...epochs.map((epoch) => epoch.releases[version]), now[version]];
  return new Set(releases.filter((release) => typeof release === 'string'));
}

function lastKnown(all: readonly Releases[]): Releases {
  const known: Record<string, string | null> = {};
  for (const releases of all)
    for (const [version, release] of Object.entries(releases)) known[version] = release ?? known[version] ?? null;
  return known;
}

function armOf({ cells, latencies }: EpochCells, version: string): Arm {
  const own = cells.filter((cell) => cell.version === version);
  return {
    metric: (metric) => own.find((cell) => cell.metric === metric) ?? NOTHING,
    paired: (against) => own.find((cell) => cell.metric === 'paired' && cell.against === against) ?? null,
    latencies: latencies.find((one) => one.version === version)?.counts ?? null,
  };
}

/** Nobody writes to it. */
const NOTHING = emptyBucketed();

function shareOf(weights: Readonly<Record<string, number>>, { candidate, baseline }: Pair): number {
  const [t, c] = [weights[candidate] ?? 0, weights[baseline] ?? 0];
  return t + c === 0 ? 0 : t / (t + c);
}
