import type { CandidateComparison } from '@coppice/contract';
import { count, percent } from '../parts/format.ts';
import { size } from './metric-words.ts';

type Checked = Pick<CandidateComparison, 'version' | 'checks'> & { baseline: string };

/** How requests were assigned, against the weights. */
export function sampleRatioWords({ version, checks }: Checked): string {
  const { assigned, expected } = checks.sample_ratio;
  const total = assigned.baseline + assigned.candidate;
  return `${version} got ${count(assigned.candidate)} of ${count(total)} requests; by the weights it would get about ${count(expected)}.`;
}

/** How often answers of both versions get feedback, and what would undo the difference in accuracy. */
export function feedbackWords({ version, baseline, checks }: Checked): string {
  const { rates, tipping_point } = checks.feedback;
  const share = (rate: number | null) => (rate === null ? '–' : percent(rate));
  const rated = `Answers with feedback: ${baseline} ${share(rates.baseline)}, ${version} ${share(rates.candidate)}.`;
  if (tipping_point === null) return rated;
  return `${rated} The difference in accuracy is undone if predictions of ${version} without feedback differ from those with it by ${size('accuracy', tipping_point)}.`;
}
