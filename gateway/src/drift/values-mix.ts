import type { ComparedValues } from './compared.ts';

/** A value of fewer training rows is pooled with the unseen ones: whether training knows it is mostly chance. */
const RARE = 5;

/** Rows of each value in training and now: cells of one table, in the same order. */
export type ValuesMix = { training: number[]; now: number[] };

/** The mix as the tests compare it: rare and unseen values as one, missing as a value of its own. */
export function testedMix({ reference, seen }: ComparedValues): ValuesMix {
  const mix: ValuesMix = { training: [reference.missing], now: [seen.missing] };
  let [training, now] = [reference.other, seen.unseen];
  reference.counts.forEach((known, i) => {
    const count = seen.counts[i] ?? 0;
    if (known < RARE) {
      training += known;
      now += count;
    } else {
      mix.training.push(known);
      mix.now.push(count);
    }
  });
  mix.training.push(training);
  mix.now.push(now);
  return mix;
}

/**
 * Training rows whose value would be unseen if that row were left out: among as many other rows, so many unseen ones are
 * expected (Good 1953, "The population frequencies of species"). Many names that occur once promise many new ones; where
 * there were too many values for the card, leaving one row out also changes which of the rarest it names.
 */
export function expectedUnseen({ counts, other }: ComparedValues['reference']): number {
  const most = other === 0 ? 1 : Math.min(RARE, Math.min(...counts) + 1);
  return other + counts.filter((count) => count <= most).reduce((sum, count) => sum + count, 0);
}

/**
 * How far the shares moved, 0–1: the total variation distance (half the sum of all differences) over known, unseen and
 * missing values, less what chance alone makes of it, so that many values are no drift.
 */
export function valuesPart({ reference, seen }: ComparedValues): number {
  const training = [...reference.counts, reference.other, reference.missing];
  const now = [...seen.counts, seen.unseen, seen.missing];
  const n = training.reduce((x, y) => x + y, 0);
  let [distance, chance] = [0, 0];
  training.forEach((count, i) => {
    const here = now[i] as number;
    const share = (count + here) / (n + seen.rows);
    distance += Math.abs(count / n - here / seen.rows) / 2;
    // the mean of |x| for a normal x is √(2/π) of its standard deviation
    chance += Math.sqrt((2 / Math.PI) * share * (1 - share) * (1 / n + 1 / seen.rows)) / 2;
  });
  return chance >= 1 ? 0 : Math.max(0, (distance - chance) / (1 - chance));
}
