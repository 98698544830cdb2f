import { goodnessOfFit } from '@coppice/statistics/chi-square';
import type { Tally } from './tally.ts';

export type SplitCheck = {
  unit: 'users' | 'answers';
  rows: { version: string; expected: number; observed: number; answers: number }[];
  /** Chance of a split at least this uneven when the weights are followed. */
  pValue: number;
};

/**
 * The split that was seen against the configured shares, by χ². With sticky users it counts users: one user's answers
 * are no evidence of each other. Null when nothing was split.
 */
export function checkSplit(
  tally: Pick<Tally, 'versions' | 'users'>,
  shares: Record<string, number>,
): SplitCheck | null {
  const unit = tally.users > 0 ? 'users' : 'answers';
  const names = [...new Set([...Object.keys(shares), ...tally.versions.keys()])].sort();
  const counts = names.map((name) => {
    const version = tally.versions.get(name);
    return (unit === 'users' ? version?.users.size : version?.answers) ?? 0;
  });
  const total = counts.reduce((x, y) => x + y, 0);
  if (total === 0) return null;
  const rows = names.map((version, i) => ({
    version,
    expected: shares[version] ?? 0,
    observed: (counts[i] as number) / total,
    answers: tally.versions.get(version)?.answers ?? 0,
  }));
  const { pValue } = goodnessOfFit(
    counts,
    rows.map(({ expected }) => expected),
  );
  return { unit, rows, pValue };
}
