import type { FeatureCard } from '@coppice/contract';

export type FeatureGroup = { name: string; features: number[] };

/** Fewer features with the same first word are no group. */
const LEAST = 3;

/** Features by the first word of their names, in the order given: `radius_mean` and `radius_worst` are of one group; the rest are "other". */
export function featureGroups(
  features: readonly Pick<FeatureCard, 'name'>[],
  order: readonly number[],
): FeatureGroup[] {
  const byWord = Map.groupBy(order, (index) => firstWord(features[index]?.name ?? ''));
  const large = [...byWord].filter(([, members]) => members.length >= LEAST);
  const grouped = new Set(large.flatMap(([, members]) => members));
  const others = order.filter((index) => !grouped.has(index));
  const groups = large.map(([name, members]) => ({ name, features: members }));
  return others.length > 0 ? [...groups, { name: 'other', features: others }] : groups;
}

const firstWord = (name: string) => /^[^\s_.:-]+/.exec(name)?.[0].toLowerCase() ?? '';
