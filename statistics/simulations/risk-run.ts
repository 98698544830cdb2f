import { BUCKETS } from '../src/bucketed.ts';
import { enoughEvents } from '../src/enough-data.ts';
import { relativeRisk } from '../src/relative-risk.ts';
import type { Chance } from './chance.ts';
import { nextLook } from './looks.ts';

const DIFFERS = Math.log(20);
const HARM = Math.log(60);
const LEAST_SLICES = 6;
const REQUESTS_PER_SLICE = 100;

export type RiskSettings = {
  requests: number;
  share: number;
  /** Error rates. */
  candidate: number;
  baseline: number;
};

/** Columns of a run: requests at the first evidence of a difference (α 0.05) and of harm (α 0.05/3); 0 for none. */
export type RiskRun = [differsAt: number, harmAt: number];

/** The guardrail of errors at ten requests a second, looked at all the time. */
export function riskRun(chance: Chance, { requests, share, ...rates }: RiskSettings): RiskRun {
  const epoch = { candidate: new Float64Array(BUCKETS), baseline: new Float64Array(BUCKETS), share: 0 };
  const result: RiskRun = [0, 0];
  let [assigned, events, candidateEvents, look] = [0, 0, 0, 1];
  for (let n = 1; n <= requests; n++) {
    const arm = chance.next() < share ? 'candidate' : 'baseline';
    if (arm === 'candidate') assigned++;
    if (chance.next() < rates[arm]) {
      const slice = Math.floor(n / REQUESTS_PER_SLICE) % BUCKETS;
      epoch[arm][slice] = (epoch[arm][slice] as number) + 1;
      events++;
      if (arm === 'candidate') candidateEvents++;
    }
    if (n < look) continue;
    look = nextLook(n);
    const slices = Math.min(BUCKETS, Math.ceil(n / REQUESTS_PER_SLICE));
    if (slices < LEAST_SLICES || events === 0) continue;
    epoch.share = assigned / n;
    const risk = relativeRisk([epoch], { alpha: 0.05, buckets: slices });
    if (result[0] === 0 && risk.logE >= DIFFERS) result[0] = n;
    if (result[1] === 0 && risk.harmLogE >= HARM && enoughEvents(candidateEvents, slices)) result[1] = n;
  }
  return result;
}
