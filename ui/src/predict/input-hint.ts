import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { DAYS, dateOfDays, daysOfDate } from '@coppice/serverkit/iso-date';
import { number, percent } from '../parts/format.ts';

/** What stands beside an input: what the training rows have, or what to do. `value` is undefined while there is none. */
export function inputHint(feature: FeatureCard, value: FeatureValue | undefined): { text: string; warn: boolean } {
  if (value === undefined) return { text: wanted[feature.kind], warn: true };
  if (value === null) return { text: `${percent(feature.missing)} missing in training`, warn: false };
  switch (feature.kind) {
    case 'boolean':
      return { text: `${percent(ofAll(feature, feature.share))} yes in training`, warn: false };
    case 'category': {
      const known = feature.values.find((one) => one.value === value);
      if (known) return { text: `${percent(ofAll(feature, known.share))} in training`, warn: false };
      // of a preparation without `other`, which only more words than it takes make
      const as = feature.other > 0 ? 'other' : 'none of these';
      return { text: `unknown to the model: counts as ${as}`, warn: true };
    }
    case 'number':
      return ranged(feature, Number(value), number);
    case 'date':
      return ranged(feature, daysOfDate(String(value)) ?? Number.NaN, dayText);
  }
}

/** A share of all training rows, as drift shows it, from one of those that have a value. */
const ofAll = ({ missing }: FeatureCard, share: number) => share * (1 - missing);
const wanted = { number: 'enter a number', boolean: 'choose', category: 'enter a value', date: 'enter a date' };
/** The date of days, without a time. */
export const dayText = (days: number) =>
  dateOfDays(Math.min(DAYS.max, Math.max(DAYS.min, Math.floor(days)))).slice(0, 10);

function ranged({ min, max }: { min: number; max: number }, at: number, write: (value: number) => string) {
  const outside = at < min || at > max;
  return {
    text: `${outside ? 'outside' : 'trained on'} ${write(min)}${min < 0 && write === number ? ' to ' : '–'}${write(max)}`,
    warn: outside,
  };
}
