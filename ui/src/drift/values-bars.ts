import type { ValuesDrift } from '@coppice/contract';

export type ValueBar = { label: string; training: number; now: number | null };

/** More bars than these are hard to compare; the table has all values. */
const MOST_BARS = 8;

/** Every value of a category or boolean with its shares; unseen and missing last, where there are any. */
export function valueRows({ values, unseen, missing }: ValuesDrift): ValueBar[] {
  const any = ({ training, now }: { training: number; now: number | null }) => training > 0 || (now ?? 0) > 0;
  return [
    ...values.map(({ value, training, now }) => ({ label: value, training, now })),
    ...(any(unseen) ? [{ label: unseenLabel(unseen), training: unseen.training, now: unseen.now }] : []),
    ...(any(missing) ? [{ label: 'missing', training: missing.training, now: missing.now }] : []),
  ];
}

/** The same as few bars: the values with the largest shares, then all others together. */
export function valueBars(feature: ValuesDrift): ValueBar[] {
  const rows = valueRows(feature);
  if (rows.length <= MOST_BARS) return rows;
  const known = rows.slice(0, feature.values.length);
  const special = rows.slice(feature.values.length);
  const largest = ({ training, now }: ValueBar) => Math.max(training, now ?? 0);
  const sorted = known.toSorted((a, b) => largest(b) - largest(a));
  const shown = sorted.slice(0, MOST_BARS - 1 - special.length);
  const rest = sorted.slice(shown.length);
  const together = {
    label: `${rest.length} more values`,
    training: rest.reduce((sum, { training }) => sum + training, 0),
    now: feature.rows === 0 ? null : rest.reduce((sum, { now }) => sum + (now ?? 0), 0),
  };
  return [...shown, together, ...special];
}

/** "unseen (Lisbon, …)" */
function unseenLabel({ examples }: ValuesDrift['unseen']): string {
  const [first, ...others] = examples;
  return first ? `unseen (${first.value}${others.length > 0 ? ', …' : ''})` : 'unseen';
}
