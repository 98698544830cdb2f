import type { RolloutState } from '@coppice/contract';
import { equalWeights } from '../control/last-intent.ts';
import type { Evidence } from './evidence.ts';
import { count, duration, guardrailWords, plural } from './rollout-words.ts';

/** What the gateway itself sees of the candidate and of the database. */
export type Sight = {
  /** Why it is not ready, or null. */
  unready: string | null;
  /** Milliseconds for which it has not been ready; 0 while it is. */
  unreadyMs: number;
  /** How often it was ejected in the present step. */
  ejections: number;
  /** Why the baseline is not ready, or null. */
  baselineUnready: string | null;
  /** Whether predictions are recorded; otherwise nothing is counted, and nothing passes. */
  writable: boolean;
  /** What the pair serves now. */
  releases: RolloutState['releases'];
};

/** Milliseconds of the present step: `runMs` without those when it was held, `ageMs` with them. Down time is in neither. */
export type StepClock = { runMs: number; ageMs: number };

export type NextStep =
  | { to: 'stay'; held: string | null; waits: string | null }
  | { to: 'running'; step: number; reason: string }
  | { to: 'done' | 'rolled_back'; reason: string }
  | { to: 'paused'; by: 'self' | 'human'; reason: string };

type Seen = {
  weights: Readonly<Record<string, number>>;
  /** What was read last; null: nothing yet. */
  evidence: Evidence | null;
  /** Whether it was read just now. Evidence of before may still roll back, but lets nothing pass. */
  fresh: boolean;
  sight: Sight;
  clock: StepClock;
};

const EJECTIONS = 2;
const UNREADY_MS = 60_000;
const MINUTE_MS = 60_000;
const stay = { to: 'stay', held: null, waits: null } as const;

/**
 * What a rollout does next, and the numbers that decide: the table of states in docs/rollouts.md. Ended rollouts and those that
 * a person's weights paused stay as they are.
 */
export function nextStep(rollout: RolloutState, seen: Seen): NextStep {
  if (rollout.state !== 'running' && !(rollout.state === 'paused' && rollout.paused_by === 'self')) return stay;
  if (!equalWeights(rollout.weights, seen.weights))
    return { to: 'paused', by: 'human', reason: 'other weights are in force than the rollout set' };
  const reason = whyBack(rollout, seen);
  if (reason === null) return rollout.state === 'running' ? nextOfRunning(rollout, seen) : stay;
  const { unready, baselineUnready } = seen.sight;
  // a version without weight gets no failover either: nobody would answer
  if (baselineUnready !== null && unready === null)
    return {
      ...stay,
      held: `${rollout.baseline} is not ready (${baselineUnready}) and cannot take the traffic back: ${reason}`,
    };
  return { to: 'rolled_back', reason };
}

function whyBack({ state, version }: RolloutState, { evidence, sight }: Seen): string | null {
  const violated = evidence?.guardrails.filter(({ status }) => status === 'violated') ?? [];
  if (violated.length > 0) return violated.map(({ words }) => words).join('; ');
  if (state !== 'running') return null;
  if (sight.ejections >= EJECTIONS) return `${version} was ejected ${plural(sight.ejections, 'time')} in this step`;
  if (sight.unreadyMs < UNREADY_MS) return null;
  return `${version} has not been ready for ${duration(sight.unreadyMs)}: ${sight.unready}`;
}

function nextOfRunning(rollout: RolloutState, { evidence, fresh, sight, clock }: Seen): NextStep {
  const held = whyHeld(rollout, evidence, fresh, sight);
  const pause = whyPause(rollout, held, { evidence, sight, clock });
  if (pause) return { to: 'paused', by: 'self', reason: pause };
  if (held !== null || !evidence) return { ...stay, held };
  const waits = whatMisses(rollout, evidence, clock);
  if (waits !== null) return { ...stay, waits };
  const reason = `${rollout.percent} % for ${duration(clock.runMs)} with ${plural(evidence.stepRequests, 'request')}: ${guardrailWords(evidence)}`;
  const last = rollout.step >= rollout.steps.length - 1;
  return last ? { to: 'done', reason } : { to: 'running', step: rollout.step + 1, reason };
}

function whyPause(
  rollout: RolloutState,
  held: string | null,
  { evidence, sight, clock }: Pick<Seen, 'evidence' | 'sight' | 'clock'>,
): string | null {
  const { version, baseline } = rollout;
  if (evidence?.checks.sample_ratio.alarm)
    return `requests are not assigned by the weights (ln E ${evidence.checks.sample_ratio.log_e.toFixed(1)})`;
  for (const [name, of] of [
    [version, 'candidate'],
    [baseline, 'baseline'],
  ] as const) {
    const [before, now] = [rollout.releases[of], sight.releases[of]];
    if (now !== null && now !== before)
      return `${name} serves another release than when the rollout started or resumed`;
  }
  if (clock.ageMs < rollout.max_step_hours * 60 * MINUTE_MS) return null;
  const waits = evidence && whatMisses(rollout, evidence, clock);
  const enough = evidence && evidence.stepRequests >= rollout.step_requests;
  const why = enough ? 'not proven' : 'too little traffic';
  const details = held ?? waits;
  return `${why} after ${duration(clock.ageMs)} at ${rollout.percent} %${details ? `: ${details}` : ''}`;
}

function whyHeld(
  { version, baseline }: RolloutState,
  evidence: Evidence | null,
  fresh: boolean,
  sight: Sight,
): string | null {
  if (sight.unready !== null) return `${version} is not ready: ${sight.unready}`;
  if (sight.baselineUnready !== null) return `${baseline} is not ready: ${sight.baselineUnready}`;
  if (!sight.writable) return 'the record cannot be written';
  if (!evidence || !fresh) return 'what was counted cannot be read';
  if (evidence.checks.feedback.alarm)
    return `answers of the two versions do not get feedback equally often (ln E ${evidence.checks.feedback.log_e.toFixed(1)})`;
  return null;
}

/** Null when the step may pass, or the last one finish. */
function whatMisses(
  rollout: RolloutState,
  { stepRequests, early, proven }: Evidence,
  { runMs }: StepClock,
): string | null {
  const misses: string[] = [];
  const minutes = rollout.step_minutes * MINUTE_MS;
  if (runMs < minutes) misses.push(`${duration(runMs)} of ${duration(minutes)}`);
  if (stepRequests < rollout.step_requests)
    misses.push(`${count(stepRequests)} of ${plural(rollout.step_requests, 'request')}`);
  if (early.length > 0) misses.push(`one minute of traffic, to judge ${early.join(' and ')}`);
  if (rollout.step >= rollout.steps.length - 1) {
    if (proven.errors === false) misses.push('proof that errors are at most 1 point more');
    if (proven.accuracy === false) misses.push('proof that accuracy is at most 2 points lower');
  }
  return misses.length > 0 ? misses.join('; ') : null;
}
