import type { CandidateComparison } from '@coppice/contract';
import { BUCKETS, totalOf } from '@coppice/statistics/bucketed';
import { pairedTest } from '@coppice/statistics/paired-test';
import type { Pair, PairEpoch } from './pair-epochs.ts';

/** Below it, a few users may be all the rows. */
const LEAST_BUCKETS = 6;

/** Compares both versions' answers to the same rows, of either one's shadow; null where none has feedback. */
export function pairedProof(epochs: readonly PairEpoch[], pair: Pair, alpha: number): CandidateComparison['paired'] {
  const [onlyCandidate, onlyBaseline, all] = [0, 0, 0].map(() => new Float64Array(BUCKETS)) as Sums;
  for (const { candidate, baseline } of epochs) {
    const [shadowed, shadowing] = [baseline.paired(pair.candidate), candidate.paired(pair.baseline)];
    if (shadowed) addTo([onlyBaseline, onlyCandidate, all], [shadowed.sum, shadowed.squares, shadowed.n]);
    if (shadowing) addTo([onlyCandidate, onlyBaseline, all], [shadowing.sum, shadowing.squares, shadowing.n]);
  }
  const rows = totalOf(all);
  if (rows === 0) return null;
  const { b, c, logE } = pairedTest(onlyCandidate, onlyBaseline);
  const common = { rows, candidate_right: b, baseline_right: c, log_e: logE };
  if (all.filter((n) => n > 0).length < LEAST_BUCKETS) return { ...common, verdict: 'not enough data' };
  if (logE >= -Math.log(alpha)) return { ...common, verdict: b > c ? 'better' : 'worse' };
  return { ...common, verdict: b + c === 0 ? 'nothing seen' : 'no difference seen' };
}

type Sums = [Float64Array, Float64Array, Float64Array];

function addTo(sums: Sums, more: Sums): void {
  sums.forEach((sum, i) => {
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      sum[bucket] = (sum[bucket] as number) + (more[i]?.[bucket] as number);
  });
}
