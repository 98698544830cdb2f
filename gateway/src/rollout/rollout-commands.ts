import type { RolloutChange, RolloutCommand, RolloutState } from '@coppice/contract';
import { ConflictError, InvalidChangeError } from '../control/control-errors.ts';
import { equalWeights } from '../control/last-intent.ts';
import { type Move, percentOf } from './moved.ts';

type Present = {
  weights: Readonly<Record<string, number>>;
  releases: RolloutState['releases'];
  /** Why the candidate is not ready, or null. */
  unready: string | null;
};

/** A move that a person commands. `sets`: percent of the pair's weight to give the candidate; undefined: weights stay. */
export type Commanded = Move & { sets?: number /** The step's clock and its checks begin anew. */; afresh?: boolean };

/** What a command makes of the last rollout. Throws `ConflictError` and `InvalidChangeError`. */
export function commanded(
  command: RolloutCommand,
  rollout: RolloutState | null,
  change: Pick<RolloutChange, 'step' | 'version'>,
  present: Present,
): Commanded {
  if (!rollout) throw new ConflictError('No rollout runs. POST /rollout starts one.');
  if (rollout.state === 'done' || rollout.state === 'rolled_back')
    throw new ConflictError(
      `The rollout of ${rollout.version} has ended (${rollout.state}). POST /rollout starts another one.`,
    );
  if (change.step !== undefined && command !== 'resume' && command !== 'promote')
    throw new InvalidChangeError(['step'], `belongs to resume and promote, not to ${command}`);
  if (change.version !== undefined && command !== 'promote')
    throw new InvalidChangeError(['version'], `belongs to promote, not to ${command}`);
  return commands[command](rollout, change, present);
}

type Command = (rollout: RolloutState, change: Pick<RolloutChange, 'step' | 'version'>, present: Present) => Commanded;

const commands: Record<RolloutCommand, Command> = {
  pause: (rollout) => {
    if (rollout.state === 'paused') throw new ConflictError(`The rollout of ${rollout.version} is paused already.`);
    return { ...placeOf(rollout), state: 'paused', paused_by: 'self' };
  },
  resume: (rollout, { step: percent }, { weights, releases, unready }) => {
    const { version } = rollout;
    if (rollout.state === 'running') throw new ConflictError(`The rollout of ${version} runs already.`);
    if (unready !== null) throw new ConflictError(`${version} is not ready: ${unready}.`);
    if (percent === undefined && !equalWeights(weights, rollout.weights))
      throw new ConflictError(
        `Other weights are in force than the rollout set. Name the step to go on with: ${rollout.steps.join(', ')}.`,
        [{ pointer: '/step', detail: 'is required while other weights are in force' }],
      );
    const step = percent === undefined ? rollout.step : stepOf(rollout, percent, rollout.steps);
    return { ...running(rollout, step), releases };
  },
  promote: (rollout, { step: percent, version }, { releases, unready }) => {
    const open = [...rollout.steps, 100].slice(rollout.step + 1);
    const step = percent === undefined ? rollout.step + 1 : stepOf(rollout, percent, open);
    if (version !== undefined && version !== rollout.version)
      throw new InvalidChangeError(['version'], `must be ${rollout.version}, which the rollout is about`);
    if (unready !== null) throw new ConflictError(`${rollout.version} is not ready: ${unready}.`);
    if (step < rollout.steps.length) return { ...running(rollout, step), releases };
    if (version === undefined)
      throw new InvalidChangeError(['version'], `must be ${rollout.version}: promote to 100 % asks for its name`);
    return { state: 'done', paused_by: null, step, percent: 100, sets: 100 };
  },
  abort: (rollout) => ({ ...placeOf(rollout), state: 'rolled_back', paused_by: null, percent: 0, sets: 0 }),
};

function running(rollout: RolloutState, step: number): Commanded {
  const percent = percentOf(rollout, step);
  return { state: 'running', paused_by: null, step, percent, sets: percent, afresh: true };
}

function stepOf({ steps }: RolloutState, percent: number, allowed: readonly number[]): number {
  if (!allowed.includes(percent))
    throw new InvalidChangeError(['step'], `must be one of the rollout's steps: ${allowed.join(', ')}`);
  return percent === 100 ? steps.length : steps.indexOf(percent);
}

const placeOf = ({ step, percent }: RolloutState) => ({ step, percent });
