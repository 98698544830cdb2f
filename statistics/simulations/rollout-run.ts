import { BUCKETS } from '../src/bucketed.ts';
import type { RiskEpoch } from '../src/relative-risk.ts';
import { sampleRatioLogE } from '../src/sample-ratio.ts';
import type { Chance } from './chance.ts';
import { nextLook } from './looks.ts';

const ALARM = Math.log(1000);

export type RolloutSettings = {
  steps: { requests: number; share: number }[];
  /** The share that the candidate gets is this times the share of its weight. */
  lost?: number;
  /** Sticky users, some of whom send many requests; without, each request is drawn. */
  users?: number;
  /** Counts each request in a bucket of its own choice, which the product does not do. */
  byRequest?: boolean;
};

/** Column of a run: requests at the first alarm of a sample ratio mismatch, 0 for none. */
export type RolloutRun = [alarmAt: number];

/** The sample ratio check over a rollout's steps, looked at all the time. */
export function rolloutRun(chance: Chance, { steps, lost = 1, users: count, byRequest }: RolloutSettings): RolloutRun {
  const users =
    count === undefined
      ? undefined
      : Array.from({ length: count }, () => ({ position: chance.next(), bucket: chance.below(BUCKETS) }));
  const epochs: RiskEpoch[] = [];
  let n = 0;
  let look = 1;
  for (const { requests, share } of steps) {
    const epoch: RiskEpoch = { candidate: new Float64Array(BUCKETS), baseline: new Float64Array(BUCKETS), share };
    epochs.push(epoch);
    for (let i = 0; i < requests; i++) {
      const user = users?.[Math.floor(users.length * chance.next() ** 2)];
      const arm = (user?.position ?? chance.next()) < share * lost ? epoch.candidate : epoch.baseline;
      const bucket = byRequest || !user ? chance.below(BUCKETS) : user.bucket;
      arm[bucket] = (arm[bucket] as number) + 1;
      n++;
      if (n < look) continue;
      look = nextLook(n);
      if (sampleRatioLogE(epochs).logE >= ALARM) return [n];
    }
  }
  return [0];
}
