import type { FeatureCard, FeatureValue, HistoryRow, PredictionOfBatch } from '@coppice/contract';
import { dateOfDays } from '@coppice/serverkit/iso-date';

type Asked = Pick<HistoryRow, 'feature_names' | 'features'>;
type Answered = Pick<HistoryRow, 'prediction' | 'class' | 'probability'>;
/** One value of the row beside what is typical in its place. */
export type Replaced = { name: string; value: FeatureValue; typical: FeatureValue };
/** How the probability of the row's class changes with the typical value (a difference of shares), and the class of then. */
export type Effect = Replaced & { change: number; class: string };

/** Rows and bytes that one request may hold; the gateway refuses bodies beyond 1 MB. */
const MOST_ROWS = 1024;
const MOST_BYTES = 900_000;
/** Beyond the rounding of a record and of floats, the answer is another model's. */
const SAME = 1e-4;

/** What stands in most training rows: the median of a number or date, the most frequent value of the rest, which may be none. */
export function typicalValue(feature: FeatureCard): FeatureValue {
  if (feature.nullable && feature.missing > 0.5) return null;
  switch (feature.kind) {
    case 'number':
      return feature.deciles[4] ?? feature.mean;
    case 'boolean':
      return feature.share > 0.5;
    case 'category':
      return feature.values[0]?.value ?? null;
    case 'date': {
      const days = feature.deciles[4] ?? feature.mean;
      return dateOfDays(feature.step < 1 ? days : Math.round(days));
    }
  }
}

/**
 * The rows of one batch that explain a recorded one: itself, and then a copy for each value that is not typical, with the typical
 * one in its place. `left` counts values for which the request has no room.
 */
export function explainingRows(row: Asked, features: readonly FeatureCard[]) {
  const names = row.feature_names ?? features.map(({ name }) => name);
  const known = new Map(features.map((feature) => [feature.name, feature]));
  const own = Object.fromEntries(names.map((name, i) => [name, row.features[i] ?? null]));
  const all = names.flatMap((name): Replaced[] => {
    const feature = known.get(name);
    if (!feature) return [];
    const typical = typicalValue(feature);
    const value = own[name] ?? null;
    return value === typical ? [] : [{ name, value, typical }];
  });
  const room = Math.min(MOST_ROWS, Math.floor(MOST_BYTES / new TextEncoder().encode(JSON.stringify(own)).length)) - 1;
  const replaced = all.slice(0, Math.max(0, room));
  const rows = [own, ...replaced.map(({ name, typical }) => ({ ...own, [name]: typical }))];
  return { rows, replaced, left: all.length - replaced.length };
}

/** Whether a version answers a recorded row as it did then. */
export function answersAlike(then: Answered, now: PredictionOfBatch | undefined): boolean {
  if (now === undefined || now.class !== then.class) return false;
  const [before, after] = [then.probability ?? [], now.probability ?? []];
  return before.length === after.length && before.every((share, i) => Math.abs(share - (after[i] ?? 0)) <= SAME);
}

/** The effects in the order of their size, from the answers to `explainingRows`. */
export function effectsOf(replaced: readonly Replaced[], answers: readonly PredictionOfBatch[]): Effect[] {
  const [own, ...others] = answers;
  const share = (answer: PredictionOfBatch | undefined) => answer?.probability?.[own?.prediction ?? 0] ?? Number.NaN;
  return replaced
    .flatMap((one, i) => {
      const answer = others[i];
      return answer ? [{ ...one, change: share(answer) - share(own), class: answer.class }] : [];
    })
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
}
