import { BUCKETS } from '../src/bucketed.ts';
import { pairedTest } from '../src/paired-test.ts';
import type { Chance } from './chance.ts';
import { nextLook } from './looks.ts';

export type PairedSettings = {
  /** Rows of which one version is right and the other wrong. */
  rows: number;
  /** Share of them that the candidate gets right. */
  better: number;
};

/** Column of a run: rows at the first evidence (α 0.05), 0 for none. */
export type PairedRun = [evidenceAt: number];

/** The paired proof, looked at all the time. */
export function pairedRun(chance: Chance, { rows, better }: PairedSettings): PairedRun {
  const [b, c] = [new Float64Array(BUCKETS), new Float64Array(BUCKETS)];
  let look = 1;
  for (let n = 1; n <= rows; n++) {
    const bucket = chance.below(BUCKETS);
    const side = chance.next() < better ? b : c;
    side[bucket] = (side[bucket] as number) + 1;
    if (n < look) continue;
    look = nextLook(n);
    if (pairedTest(b, c).logE >= Math.log(20)) return [n];
  }
  return [0];
}
