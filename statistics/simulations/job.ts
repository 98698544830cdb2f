import { Chance } from './chance.ts';
import { type ComparisonSettings, comparisonRun } from './comparison-run.ts';
import { type LatencySettings, latencyRun } from './latency-run.ts';
import { type PairedSettings, pairedRun } from './paired-run.ts';
import { type RiskSettings, riskRun } from './risk-run.ts';
import { type RolloutSettings, rolloutRun } from './rollout-run.ts';

/** What to simulate: data, so that a worker thread can get it. */
export type Job =
  | ({ kind: 'comparison' } & ComparisonSettings)
  | ({ kind: 'rollout' } & RolloutSettings)
  | ({ kind: 'risk' } & RiskSettings)
  | ({ kind: 'latency' } & LatencySettings)
  | ({ kind: 'paired' } & PairedSettings);

/** One run, the same for the same seed. */
export function run(job: Job, seed: number): number[] {
  const chance = new Chance(seed);
  switch (job.kind) {
    case 'comparison':
      return comparisonRun(chance, job);
    case 'rollout':
      return rolloutRun(chance, job);
    case 'risk':
      return riskRun(chance, job);
    case 'latency':
      return latencyRun(chance, job);
    case 'paired':
      return pairedRun(chance, job);
  }
}
