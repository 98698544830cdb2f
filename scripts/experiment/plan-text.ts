import type { CandidateComparison, ComparisonReport } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { neededRows } from '@coppice/statistics/sample-size';

/** Differences of accuracy that a plan is made for. */
const EFFECTS = [0.01, 0.02, 0.05];
/** Of the baseline, while it has no feedback. */
const ASSUMED = 0.9;

/**
 * Before an experiment starts: after how many rows with feedback a difference of accuracy would show, at the weights in
 * force and the baseline's accuracy so far.
 */
export function planText(report: ComparisonReport): string {
  const { baseline, candidates, notes } = report;
  const weights = report.epochs.at(-1)?.weights ?? {};
  const lines = candidates.flatMap((candidate) => planOf(candidate, baseline, weights));
  const about =
    'Rows with feedback of both versions together, for a probability of 0.8; half of such experiments end by half of them. Rows of one user count as fewer.';
  return [...notes, ...lines, ...(lines.length > 0 ? [about] : [])].map((line) => printable(line)).join('\n');
}

function planOf(
  { version, alpha, means }: CandidateComparison,
  baseline: string,
  weights: Readonly<Record<string, number>>,
): string[] {
  const [t, c] = [weights[version] ?? 0, weights[baseline] ?? 0];
  if (t === 0 || c === 0) return [`${version} against ${baseline}: one of them has no weight, or no request came yet`];
  const known = means.find(({ metric }) => metric === 'accuracy')?.baseline.mean ?? null;
  // an accuracy of 0 or 1 so far says little about how much rows vary
  const probability = known === null || known <= 0 || known >= 1 ? ASSUMED : known;
  const share = t / (t + c);
  const rows = EFFECTS.map((effect) => {
    const n = Math.ceil(neededRows({ effect, probability, share, alpha }));
    return `${100 * effect} ${effect === 0.01 ? 'point' : 'points'} ${n.toLocaleString('en')}`;
  });
  const accuracy = `${probability === known ? '' : 'an assumed '}${(100 * probability).toFixed(1)} % accuracy of ${baseline}`;
  const at = `${(100 * share).toPrecision(3)} % of the pair's weight, ${accuracy}`;
  return [`${version} against ${baseline} (${at}) shows a difference of: ${rows.join(' rows, ')} rows`];
}
