import type { GuardrailName, RolloutState } from '@coppice/contract';
import { guardrailEvidence } from '@coppice/gateway/rollout/guardrail-evidence';
import { moved, percentOf } from '@coppice/gateway/rollout/moved';
import { nextStep } from '@coppice/gateway/rollout/next-step';
import { rolloutWeights } from '@coppice/gateway/rollout/rollout-weights';
import type { CellMetric, EpochCells } from '@coppice/gateway/storage/port/comparison-store';
import { emptyBucketed } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { seededRandom } from '@coppice/testkit/seeded-random';

/** What a version does: rates from 0 to 1, and how much slower than usual it is. */
export type SimulatedVersion = { errors: number; accuracy: number; latency: number };

export type SimulatedTraffic = {
  baseline: SimulatedVersion;
  candidate: SimulatedVersion;
  /** Requests per second, and the share of answers that get feedback at once. */
  rate: number;
  feedback: number;
  seed: number;
};

export type SimulatedEnd = {
  state: RolloutState['state'];
  /** Of simulated time, and requests that the candidate was assigned. */
  minutes: number;
  requests: number;
  reason: string;
};

const LOOK_MS = 10_000;
const WEEK_MS = 7 * 24 * 3_600_000;
const pair = { version: 'v2', baseline: 'v1' };
const releases = { v1: 'a', v2: 'b' };

/** A whole rollout in simulated time: traffic by chance, and the gateway's own evidence and decision at each look. */
export function simulatedRollout({ baseline, candidate, rate, feedback, seed }: SimulatedTraffic): SimulatedEnd {
  const random = seededRandom(seed);
  let weights: Record<string, number> = rolloutWeights({ v1: 100, v2: 0 }, pair, 1);
  let rollout = started(weights);
  let epoch = epochOf(1, weights);
  const epochs = [epoch];
  let stepBegan = 0;
  let requests = 0;
  // the 95th percentile of the baseline's latencies below
  const slowLimit = latencyBucket(latencyAt(0.95));
  for (let now = LOOK_MS; now <= WEEK_MS; now += LOOK_MS) {
    const share = (weights.v2 ?? 0) / ((weights.v1 ?? 0) + (weights.v2 ?? 0));
    for (let i = 0; i < (rate * LOOK_MS) / 1000; i++) {
      const assigned = random() < share;
      requests += assigned ? 1 : 0;
      const version = assigned ? candidate : baseline;
      count(epoch, assigned ? 'v2' : 'v1', version, { now, feedback, random });
    }
    const evidence = guardrailEvidence(rollout, epochs, { slowLimit, outcomeGood: 'high' });
    const runMs = now - stepBegan;
    const ready = { unready: null, unreadyMs: 0, ejections: 0, baselineUnready: null };
    const sight = { ...ready, writable: true, releases: rollout.releases };
    const next = nextStep(rollout, { weights, evidence, fresh: true, sight, clock: { runMs, ageMs: runMs } });
    if (next.to === 'stay') continue;
    if (next.to !== 'running') return { state: next.to, minutes: now / 60_000, requests, reason: next.reason };
    const percent = percentOf(rollout, next.step);
    weights = rolloutWeights(weights, pair, percent);
    epoch = epochOf(epochs.length + 1, weights);
    epochs.push(epoch);
    stepBegan = now;
    const move = {
      state: 'running',
      paused_by: null,
      step: next.step,
      percent,
      weights,
      step_period: epoch.period,
    } as const;
    rollout = moved(rollout, move, { who: 'rollout', reason: next.reason, time: now });
  }
  return { state: 'running', minutes: WEEK_MS / 60_000, requests, reason: 'still running after a week' };
}

function started(weights: Record<string, number>): RolloutState {
  const guardrails: GuardrailName[] = ['errors', 'slow', 'accuracy'];
  return {
    ...{ ...pair, weights, guardrails, state: 'running', paused_by: null, period: 1, step_period: 1, checks_period: 1 },
    ...{ steps: [1, 5, 10, 25, 50], step: 0, percent: 1, releases: { candidate: 'b', baseline: 'a' } },
    ...{ step_minutes: 5, step_requests: 100, max_step_hours: 24, require: null },
    ...{ who: 'simulation', reason: '', started: new Date(0).toISOString(), moves: [] },
  };
}

function epochOf(period: number, weights: Record<string, number>): EpochCells {
  const metrics: CellMetric[] = ['assigned', 'errors', 'answered', 'accuracy'];
  const cells = ['v1', 'v2'].flatMap((version) =>
    metrics.map((metric) => ({ version, metric, against: '', ...emptyBucketed() })),
  );
  const latencies = ['v1', 'v2'].map((version) => ({ version, counts: new Uint32Array(64 * LATENCY_BUCKETS) }));
  return { id: period, period, weights, releases, started: 0, updated: 0, cells, latencies };
}

function count(
  epoch: EpochCells,
  name: string,
  version: SimulatedVersion,
  { now, feedback, random }: { now: number; feedback: number; random: () => number },
): void {
  const add = (metric: CellMetric, bucket: number, y: number) => {
    const cell = epoch.cells.find((one) => one.version === name && one.metric === metric);
    if (!cell) return;
    cell.n[bucket] = (cell.n[bucket] as number) + 1;
    cell.sum[bucket] = (cell.sum[bucket] as number) + y;
    cell.squares[bucket] = (cell.squares[bucket] as number) + y * y;
  };
  const user = Math.floor(random() * 64);
  const slice = Math.floor(now / LOOK_MS) % 64;
  const failed = random() < version.errors;
  add('assigned', user, 1);
  add('errors', slice, failed ? 1 : 0);
  if (failed) return;
  add('answered', user, 1);
  const bucket = slice * LATENCY_BUCKETS + latencyBucket(latencyAt(random()) * version.latency);
  const counts = epoch.latencies.find((one) => one.version === name)?.counts;
  if (counts) counts[bucket] = (counts[bucket] as number) + 1;
  if (random() < feedback) add('accuracy', user, random() < version.accuracy ? 1 : 0);
}

/** Latencies from 2 ms up, a tenth of them above 5 ms: seconds at a quantile. */
function latencyAt(quantile: number): number {
  return 0.002 / (1 - quantile * 0.999) ** 0.4;
}
