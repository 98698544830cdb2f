import { guardrailNames, guardrails, type RolloutStart, type RolloutState } from '@coppice/contract';
import { ConflictError, InvalidChangeError } from '../control/control-errors.ts';
import type { RolloutConfig } from './rollout-config.ts';

type Present = {
  weights: Readonly<Record<string, number>>;
  rollout: RolloutState | null;
  /** Why a version of the pair is not ready, or null. */
  unready: (version: string) => string | null;
  release: (version: string) => string | null;
  /** The first period that it has. */
  period: number;
  /** Milliseconds since the epoch. */
  now: number;
  who: string;
};

const MAX_STEP_HOURS = 24;

/** The pair that a start is about. Throws `ConflictError` and `InvalidChangeError`. */
export function pairOf(
  start: Pick<RolloutStart, 'version' | 'baseline'>,
  { weights, rollout, unready }: Pick<Present, 'weights' | 'rollout' | 'unready'>,
): Pick<RolloutState, 'version' | 'baseline'> {
  const { version } = start;
  const versions = Object.keys(weights);
  const known = (name: string, path: string) => {
    if (!versions.includes(name))
      throw new InvalidChangeError(
        [path],
        `names an unknown version (${name}); the versions are ${versions.join(', ')}`,
      );
  };
  known(version, 'version');
  if (start.baseline !== undefined) known(start.baseline, 'baseline');
  if (start.baseline === version) throw new InvalidChangeError(['baseline'], `must be another version than ${version}`);
  if (rollout && (rollout.state === 'running' || rollout.state === 'paused'))
    throw new ConflictError(
      `A rollout of ${rollout.version} is ${rollout.state}. Promote it to 100 % or abort it before another one starts.`,
    );
  const others = versions.filter((name) => name !== version && (weights[name] ?? 0) > 0);
  const baseline = start.baseline ?? others.toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0))[0];
  if (baseline === undefined) throw new ConflictError(`No other version than ${version} has weight to take from.`);
  if (!others.includes(baseline))
    throw new ConflictError(`${baseline} has no weight: ${version} cannot be compared with it.`);
  for (const name of [version, baseline]) {
    const reason = unready(name);
    if (reason !== null) throw new ConflictError(`${name} is not ready: ${reason}.`);
  }
  return { version, baseline };
}

/** A rollout at its first step; its weights are still to be set. `proof`: the numbers that its start required. */
export function startedRollout(
  start: RolloutStart,
  pair: Pick<RolloutState, 'version' | 'baseline'>,
  { release, period, now, who }: Omit<Present, 'weights' | 'rollout' | 'unready'>,
  {
    config,
    weights,
    reason,
    promotes,
  }: {
    config: RolloutConfig;
    weights: Record<string, number>;
    reason: string;
    /** The release to promote when it is done, or null. */
    promotes: number | null;
  },
): RolloutState {
  const steps = start.steps ?? config.steps;
  const time = new Date(now).toISOString();
  const percent = steps[0] as number;
  return {
    ...pair,
    ...{ state: 'running', paused_by: null, period, steps, step: 0, step_period: period, checks_period: period },
    ...{ percent, weights },
    releases: { candidate: release(pair.version), baseline: release(pair.baseline) },
    step_minutes: start.step_minutes ?? config.stepMinutes,
    step_requests: start.step_requests ?? config.stepRequests,
    max_step_hours: start.max_step_hours ?? MAX_STEP_HOURS,
    guardrails: guardrailsOf(start),
    require: start.require ?? null,
    ...(promotes === null ? {} : { promote: { release: promotes, state: 'waits' as const } }),
    ...{ who, reason: start.reason, started: time },
    moves: [{ time, who, state: 'running', paused_by: null, percent, reason }],
  };
}

function guardrailsOf(start: RolloutStart): RolloutState['guardrails'] {
  const chosen = guardrailNames.filter((name) => start.guardrails?.[name] ?? guardrails[name].default);
  if (chosen.length === 0) throw new InvalidChangeError(['guardrails'], 'must leave at least one guardrail');
  return chosen;
}
