import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { dateOfDays, daysOfDate } from '@coppice/serverkit';
import { cardOf } from './card-of-rows.ts';
import { normal } from './sample-rows.ts';
import type { Random } from './seeded-random.ts';

export type MixedRow = { features: FeatureValue[]; label: number };

/** The columns of mixed rows: `town` has a long tail of rare values, and any of its rows may be the first of a new one. */
export const MIXED_COLUMNS = [...(['age', 'income', 'since', 'member', 'island', 'town', 'plan'] as const)];
const kinds = ['number', 'number', 'date', 'boolean', 'category', 'category', 'category'] as const;
const islands = ['Biscoe', 'Dream', 'Torgersen'];
/** Most values of a category that a card names, as the trainer's. */
const MOST_VALUES = 100;

/**
 * Draws rows in the manner of a customer table: skewed numbers, a date, a rare boolean, categories with few and with very
 * many values, and gaps in `income` (20 %), `since` (3 %), `plan` (10 %) and, rarely, `member`.
 */
export function mixedRow(random: Random): MixedRow {
  const age = Math.max(18, Math.round(40 + 12 * normal(random)));
  const gap = (share: number, value: FeatureValue) => (random() < share ? null : value);
  const features = [
    age,
    gap(0.2, Math.round(Math.exp(7 + 0.02 * age + normal(random)))),
    gap(0.03, dateOfDays(19_000 + Math.floor(800 * random() ** 2))),
    gap(0.005, random() < 0.1),
    islands[random() < 0.49 ? 0 : random() < 0.7 ? 1 : 2] as string,
    // Zipf's law: the n-th value about as often as 1/n
    `town ${Math.floor(Math.exp(6.5 * random()))}`,
    gap(0.1, ['basic', 'plus', 'pro', 'trial'][Math.floor(4 * random() ** 2)] as string),
  ];
  return { features, label: age > 40 ? 1 : 0 };
}

/** The card of such rows, counted as the trainer counts them; a value of fewer than `least` rows is none of those named. */
export function mixedCard(rows: readonly MixedRow[], { least = 1 } = {}): ModelCard {
  const figures = rows.map(({ features, label }) => ({
    features: features.map((value) => (typeof value === 'number' ? value : 0)),
    label,
  }));
  const base = cardOf(figures, MIXED_COLUMNS);
  return {
    ...base,
    features: MIXED_COLUMNS.map((name, i) => {
      const present = rows.map(({ features }) => features[i] as FeatureValue).filter((value) => value !== null);
      const common = { name, unit: null, nullable: true, missing: 1 - present.length / rows.length };
      return { ...described(kinds[i] as FeatureCard['kind'], present, least), ...common } as FeatureCard;
    }),
    classes: base.classes.map((known) => ({ ...known, typical: rows[0]?.features ?? [] })),
    rows: rows.slice(0, 2000).map(({ features, label }) => ({ features, class: label })),
  };
}

function described(kind: FeatureCard['kind'], present: readonly FeatureValue[], least: number): object {
  if (kind === 'boolean') return { kind, share: present.filter((value) => value === true).length / present.length };
  if (kind === 'number' || kind === 'date') {
    const numbers = present.map((value) => (kind === 'date' ? daysOfDate(value as string) : value) as number);
    const column = numbers.map((value) => ({ features: [value], label: 0 }));
    return { ...cardOf(column, ['x']).features[0], kind };
  }
  const counts = [...Map.groupBy(present as string[], (value) => value)]
    .map(([value, of]) => ({ value, count: of.length }))
    .sort((x, y) => y.count - x.count);
  const named = counts.filter(({ count }) => count >= least).slice(0, MOST_VALUES);
  const values = named.map(({ value, count }) => ({ value, share: count / present.length }));
  const other = present.length - named.reduce((sum, { count }) => sum + count, 0);
  return { kind, values, other: other / present.length };
}
