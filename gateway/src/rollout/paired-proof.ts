import { BUCKETS, totalOf } from '@coppice/statistics/bucketed';
import { pairedTest } from '@coppice/statistics/paired-test';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import { count } from './rollout-words.ts';

/** Whether a version is shown to do no harm before it has traffic, and the numbers; null from who looks: there are none. */
export type Proof = { ok: boolean; words: string };

/** The candidate and its baseline, with what they serve. */
export type ProofPair = {
  version: string;
  baseline: string;
  releases: { candidate: string | null; baseline: string | null };
};

const LEAST_ROWS = 100;
const ALPHA = 0.05;

/**
 * Proof from rows that both versions answered while the candidate was the shadow: at least 100 with feedback, and no
 * evidence that the baseline is right more often. Null without any.
 */
export function pairedProof(epochs: readonly EpochCells[], { version, baseline, releases }: ProofPair): Proof | null {
  const candidateRight = new Float64Array(BUCKETS);
  const baselineRight = new Float64Array(BUCKETS);
  let rows = 0;
  for (const epoch of epochs) {
    if ((epoch.releases[version] ?? null) !== releases.candidate) continue;
    if ((epoch.releases[baseline] ?? null) !== releases.baseline) continue;
    for (const cell of epoch.cells) {
      if (cell.metric !== 'paired' || cell.version !== baseline || cell.against !== version) continue;
      rows += totalOf(cell.n);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        candidateRight[bucket] = (candidateRight[bucket] as number) + (cell.squares[bucket] as number);
        baselineRight[bucket] = (baselineRight[bucket] as number) + (cell.sum[bucket] as number);
      }
    }
  }
  if (rows === 0) return null;
  const { b, c, logE } = pairedTest(candidateRight, baselineRight);
  const words = `of ${count(rows)} rows that both answered, only ${version} was right in ${count(b)} and only ${baseline} in ${count(c)}`;
  if (rows < LEAST_ROWS) return { ok: false, words: `${words}; it takes ${LEAST_ROWS} rows` };
  return { ok: !(c > b && logE >= -Math.log(ALPHA)), words };
}
