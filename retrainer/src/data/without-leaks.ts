import type { TimedRow } from './recorded-row.ts';
import { featuresKey } from './unique-rows.ts';

/**
 * Training rows without those that give a test row away: the same features, of the same reference or the same user. Their number is
 * what is gone.
 */
export function withoutLeaks(
  train: readonly TimedRow[],
  test: readonly TimedRow[],
): { train: TimedRow[]; leaks: number } {
  const known = new Set(test.flatMap(identities));
  const kept = train.filter((row) => !identities(row).some((identity) => known.has(identity)));
  return { train: kept, leaks: train.length - kept.length };
}

function identities(row: TimedRow): string[] {
  const features = featuresKey(row);
  return [
    ...(row.reference === null ? [] : [`reference ${row.reference} ${features}`]),
    ...(row.user === null ? [] : [`user ${row.user} ${features}`]),
  ];
}
