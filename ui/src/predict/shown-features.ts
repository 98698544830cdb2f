import type { FeatureCard } from '@coppice/contract';
import { words } from '../parts/format.ts';
import { MOST_SHOWN } from './most-shown.ts';

type Wish = {
  /** Positions of all, the most important first. */
  order: readonly number[];
  search: string;
  /** Whether the input of a feature lacks something, so that it must be seen. */
  unfinished: (index: number) => boolean;
};

/** Positions of the features to show of many: the most important ones, or those that a search finds in names, headers and units. */
export function shownFeatures(features: readonly FeatureCard[], { order, search, unfinished }: Wish): number[] {
  const wanted = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = (index: number) => {
    const { name, header = '', unit } = features[index] as FeatureCard;
    const text = `${name} ${words(name)} ${header} ${unit ?? ''}`.toLowerCase();
    return wanted.every((part) => text.includes(part));
  };
  if (wanted.length > 0) return order.filter((index) => found(index) || unfinished(index));
  return order.filter((index, at) => at < MOST_SHOWN || unfinished(index));
}
