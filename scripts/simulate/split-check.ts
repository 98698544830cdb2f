import { type SplitVerdict, splitVerdict } from '@coppice/statistics/split-verdict';
import type { Tally } from './tally.ts';

export type SplitCheck = {
  unit: 'users' | 'answers';
  rows: { version: string; expected: number; observed: number; answers: number }[];
  /** Of the version that is farthest from its share, by the rule of the gateway. */
  verdict: SplitVerdict;
  /** Users or answers. */
  total: number;
};

/**
 * Compares the observed split with the configured shares, by the gateway's own rule. With sticky users it counts users: the answers of one
 * user are not independent. Null without any split.
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
  const verdicts = rows.map(({ expected }, i) => splitVerdict(counts[i] as number, total, expected));
  return { unit, rows, total, verdict: verdicts.includes('differs') ? 'differs' : (verdicts[0] as SplitVerdict) };
}
