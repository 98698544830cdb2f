import type { Route } from '@coppice/contract';
import type { HistoryFilter, Origin, ReleaseStart } from '../port/record-store.ts';

/**
 * What rows have in common, stored once: there are few kinds (origins × routes × classes, and error reasons), so one
 * index on (kind, id) serves every filter of the history.
 */
export type PredictionKind = Origin & {
  id: number;
  route: Route;
  /** Index of the class, -1 when the request failed. */
  label: number;
  class: string | null;
  error: string | null;
  /** Names of the features; null in rows of before. Kinds with the same names share the array. */
  featureNames: readonly string[] | null;
};

/** A kind as it is stored: the names as a JSON array. */
export type StoredKind = Omit<PredictionKind, 'featureNames'> & { feature_names: string | null };

/** Kinds by their ids. */
export function readKinds(stored: Iterable<StoredKind>): Map<number, PredictionKind> {
  const lists = new Map<string, readonly string[]>();
  const kinds = new Map<number, PredictionKind>();
  for (const { feature_names: names, ...kind } of stored) {
    const featureNames = names === null ? null : lists.getOrInsertComputed(names, () => JSON.parse(names) as string[]);
    kinds.set(kind.id, { ...kind, featureNames });
  }
  return kinds;
}

/** The different lists of names among these kinds. */
export function namesOf(kinds: Iterable<PredictionKind>): string[][] {
  const lists = new Map<string, string[]>();
  for (const { featureNames } of kinds) if (featureNames) lists.set(JSON.stringify(featureNames), [...featureNames]);
  return [...lists.values()];
}

/** The ids of the kinds that match a filter, or null if all do. */
export function matchingKinds(
  kinds: Iterable<PredictionKind>,
  filter: Pick<HistoryFilter, 'version' | 'class' | 'route' | 'source' | 'feature'>,
): number[] | null {
  const { version, route, source, feature } = filter;
  if ([version, filter.class, route, source, feature].every((one) => one === undefined)) return null;
  const ids: number[] = [];
  for (const kind of kinds) {
    if (version !== undefined && kind.version !== version) continue;
    if (filter.class !== undefined && kind.class !== filter.class) continue;
    if (route !== undefined && kind.route !== route) continue;
    if (source !== undefined && (kind.source ?? 'api') !== source) continue;
    if (feature !== undefined && !kind.featureNames?.includes(feature.name)) continue;
    ids.push(kind.id);
  }
  return ids;
}

/** The first row of each release, from that of each of its kinds. Rows of before the column have no release. */
export function releaseStarts(firsts: Iterable<{ kind: PredictionKind; time: number }>): ReleaseStart[] {
  const starts = new Map<string, ReleaseStart>();
  for (const { kind, time } of firsts) {
    if (kind.release === null || kind.source === 'page') continue;
    const key = `${kind.version} ${kind.release}`;
    const first = Math.min(time, starts.get(key)?.first ?? time);
    starts.set(key, { version: kind.version, release: kind.release, first });
  }
  return [...starts.values()];
}
