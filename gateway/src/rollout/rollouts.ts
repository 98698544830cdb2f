import type {
  RolloutChange,
  RolloutCommand,
  RolloutProof,
  RolloutReport,
  RolloutStart,
  RolloutState,
} from '@coppice/contract';
import type { Control, Present } from '../control/control.ts';
import { ConflictError } from '../control/control-errors.ts';
import { lookOfStep } from './look-of-step.ts';
import { moved } from './moved.ts';
import type { Proof } from './paired-proof.ts';
import type { Promoter } from './promote-at-end.ts';
import { commanded } from './rollout-commands.ts';
import type { RolloutConfig } from './rollout-config.ts';
import type { RolloutController } from './rollout-controller.ts';
import { rolloutWeights } from './rollout-weights.ts';
import { rolloutWords } from './rollout-words.ts';
import { pairOf, startedRollout } from './start-rollout.ts';
import { type WatchedVersion, whyUnready } from './watched-version.ts';

type Pair = Pick<RolloutState, 'version' | 'baseline' | 'releases'>;

type Deps = {
  control: Pick<Control, 'state' | 'update'>;
  controller: Pick<RolloutController, 'lastLook'>;
  config: RolloutConfig;
  /** Whether predictions are recorded at all: without that nothing is counted. */
  recorded: boolean;
  find: (version: string) => WatchedVersion | undefined;
  release: (version: string) => string | null;
  /** The newest proof of a kind that the candidate does no harm; null: there is none. Rejects while the database is away. */
  proofOf: (kind: RolloutProof, pair: Pair) => Promise<Proof | null>;
  promoter: Pick<Promoter, 'promotable'>;
  /** Looks again at what keeps versions from live traffic, before a start or a resume is refused for it. */
  lookAgain: () => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
};

const ATTEMPTS = 5;

/** What people do with rollouts: start one, pause, resume, promote or abort it, and look at it. */
export class Rollouts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The rollout that runs, else the last one that ended. */
  async report(): Promise<RolloutReport> {
    const { control, controller } = this.#deps;
    const { revision, rollout } = control.state();
    if (!rollout) return { revision, rollout: null };
    const look = lookOfStep(rollout, await controller.lastLook(rollout));
    return { revision, rollout: { ...rollout, look, words: rolloutWords(rollout, look) } };
  }

  /** Throws `ConflictError` and `InvalidChangeError`; rejects when proof is required, or a registry, and cannot be read. */
  async start(start: RolloutStart, who: string): Promise<RolloutReport> {
    const { control, config, recorded, find, release, proofOf, promoter, now } = this.#deps;
    if (!recorded)
      throw new ConflictError('Predictions are not recorded (RECORD=off): a rollout has nothing to go by.');
    await this.#deps.lookAgain();
    const unready = (version: string) => whyUnready(find(version));
    const check = ({ weights, rollout }: Present) => pairOf(start, { weights, rollout, unready });
    const pair = check(control.state());
    const promotes = start.promote ? await promoter.promotable(pair.version) : null;
    const proof = start.require ? await proofOf(start.require, { ...pair, releases: this.#releases(pair) }) : null;
    if (start.require && !proof?.ok) throw refuse(start.require, pair.version, proof);
    const reason = proof ? `${start.reason} (${start.require}: ${proof.words})` : start.reason;
    await this.#change(
      start.revision,
      (present) => {
        const same = check(present);
        const percent = (start.steps ?? config.steps)[0] as number;
        const weights = rolloutWeights(present.weights, same, percent);
        return (_: Present, period: number) => ({
          ...{ weights, fresh: true },
          rollout: startedRollout(
            start,
            same,
            { release, period, now: now(), who },
            { config, weights, reason, promotes },
          ),
        });
      },
      { who, action: 'rollout start', reason },
    );
    return this.report();
  }

  /** Throws `ConflictError` and `InvalidChangeError`. */
  async command(command: RolloutCommand, change: RolloutChange, who: string): Promise<RolloutReport> {
    const { find, now, lookAgain } = this.#deps;
    if (command === 'resume' || command === 'promote') await lookAgain();
    await this.#change(
      change.revision,
      (present) => {
        const { weights, rollout } = present;
        const { sets, afresh, ...move } = commanded(command, rollout, change, {
          weights,
          releases: rollout ? this.#releases(rollout) : { candidate: null, baseline: null },
          unready: rollout ? whyUnready(find(rollout.version)) : null,
        });
        const of = rollout as RolloutState;
        const next = sets === undefined ? undefined : weightsFor(weights, of, sets);
        const by = { who, reason: change.reason, time: now() };
        return (_: Present, period: number) => ({
          ...(next ? { weights: next, fresh: true } : {}),
          rollout: moved(
            of,
            {
              ...move,
              ...(next ? { weights: next } : {}),
              ...(afresh ? { step_period: period, checks_period: period } : {}),
            },
            by,
          ),
        });
      },
      { who, action: `rollout ${command}`, reason: change.reason },
    );
    return this.report();
  }

  /** Decides on the present state, and again when another change came first, unless a revision was named. */
  async #change(
    revision: number | undefined,
    decide: (present: Present) => Parameters<Control['update']>[0],
    audit: Parameters<Control['update']>[1],
  ): Promise<void> {
    const { control } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      const present = control.state();
      try {
        await control.update(decide(present), audit, revision ?? present.revision);
        return;
      } catch (error) {
        const others = error instanceof ConflictError && control.state().revision !== present.revision;
        if (revision !== undefined || !others || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #releases({ version, baseline }: Pick<Pair, 'version' | 'baseline'>): Pair['releases'] {
    return { candidate: this.#deps.release(version), baseline: this.#deps.release(baseline) };
  }
}

function weightsFor(weights: Present['weights'], rollout: RolloutState, percent: number): Record<string, number> {
  const { version, baseline } = rollout;
  const pair = (weights[version] ?? 0) + (weights[baseline] ?? 0);
  if (pair > 0 || percent === 0) return rolloutWeights(weights, rollout, percent);
  throw new ConflictError(`${version} and ${baseline} have no weight to share: give one of them weight first.`);
}

function refuse(kind: RolloutProof, version: string, proof: Proof | null): ConflictError {
  const how = kind === 'replay' ? 'replay recorded rows through it' : 'let it run as shadow and send feedback';
  return new ConflictError(
    proof
      ? `The start requires proof (${kind}) that ${version} does no harm: ${proof.words}.`
      : `The start requires proof (${kind}) that ${version} does no harm, and there is none: ${how} first.`,
    [{ pointer: '/require', detail: proof ? proof.words : 'there is no proof' }],
  );
}
