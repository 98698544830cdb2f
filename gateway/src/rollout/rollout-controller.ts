import type { RolloutLook, RolloutState } from '@coppice/contract';
import type { Logger } from 'pino';
import type { Control, Present } from '../control/control.ts';
import { ConflictError } from '../control/control-errors.ts';
import type { RolloutMetrics } from '../metrics/rollout-metrics.ts';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import type { Evidence } from './evidence.ts';
import { guardrailEvidence } from './guardrail-evidence.ts';
import { type Move, moved, percentOf } from './moved.ts';
import { type NextStep, nextStep, type Sight } from './next-step.ts';
import { type Promoter, promoteAtEnd } from './promote-at-end.ts';
import { isOpen } from './rollout-phase.ts';
import { rolloutWeights } from './rollout-weights.ts';
import { StepMemory, type StepRecord, stepRecord } from './step-memory.ts';
import { type WatchedVersion, whyUnready } from './watched-version.ts';

export type RolloutStore = {
  /** All epochs from a period on, with what was counted. */
  epochs(from: number): Promise<EpochCells[]>;
  /** What the last look at the rollout that began with this period left, or null. */
  kept(period: number): Promise<unknown>;
  keep(period: number, record: StepRecord): Promise<void>;
  /** The latency bucket above which an answer of the baseline is slow, fixed for a rollout; null until it is known. */
  slowLimit(rollout: RolloutState, epochs: readonly EpochCells[]): Promise<number | null>;
};

export type RolloutDeps = {
  control: Pick<Control, 'state' | 'update'>;
  store: RolloutStore;
  /** Whether predictions are recorded now. */
  writable: () => boolean;
  /** True when this gateway is the one that looks; rejects while the database is away. */
  lease: { hold(ms: number): Promise<boolean>; release(): Promise<void> };
  find: (version: string) => WatchedVersion | undefined;
  release: (version: string) => string | null;
  promoter: Pick<Promoter, 'aliases' | 'promote'>;
  metrics: Pick<RolloutMetrics, 'guardrails'>;
  outcomeGood: 'high' | 'low';
  /** Milliseconds between two looks. */
  lookMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
};

const quiet = { alarm: false, log_e: 0 };
const nothing = { guardrails: [], checks: { sample_ratio: quiet, feedback: quiet }, stepRequests: 0, failed: 0 };

/** How many looks a gateway may miss before another one takes over. */
const LEASE_LOOKS = 3;

/**
 * Looks at a running rollout again and again, and carries out what `nextStep` decides. One gateway of a database does; while
 * the database is away each one does for itself, and then a rollout can only go back.
 */
export class RolloutController {
  readonly #deps: RolloutDeps;
  #memory: StepMemory | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: RolloutDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.look().finally(() => this.start()), this.#deps.lookMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    if (this.#memory) await this.#deps.lease.release().catch(() => {});
  }

  /** One look. Resolves when its decision is carried out; only logs what goes wrong. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((err) => this.#deps.log.warn({ err }, 'the rollout could not be looked at'));
    return this.#looking;
  }

  /** What was seen last, by this gateway or the one that looks. */
  async lastLook(rollout: RolloutState): Promise<RolloutLook | null> {
    if (this.#memory?.look && this.#memory.isOfRollout(rollout) && isOpen(rollout)) return this.#memory.look;
    const kept = await this.#kept(rollout);
    return kept?.look ?? null;
  }

  async #look(): Promise<void> {
    const { control, metrics, now } = this.#deps;
    const present = control.state();
    const { rollout } = present;
    const promotes = rollout?.state === 'done' && rollout.promote?.state === 'waits';
    const duty = rollout && (isOpen(rollout) || promotes) ? await this.#duty() : 'none';
    if (!rollout || promotes || duty === 'none') {
      this.#memory = null;
      metrics.guardrails([]);
      if (rollout && promotes && duty === 'all') await this.#promote(rollout, present);
      return;
    }
    // another one may have started since the last look
    if (!this.#memory?.isOfRollout(rollout)) this.#memory = null;
    const memory = await this.#remember(rollout);
    const evidence = duty === 'all' ? await this.#evidence(rollout) : null;
    memory.evidence = evidence ?? memory.evidence;
    const sight = this.#sight(rollout, memory, duty === 'all');
    const next = nextStep(rollout, {
      weights: present.weights,
      evidence: memory.evidence,
      fresh: evidence !== null,
      sight,
      clock: memory.tick(now(), { held: memory.look?.held != null, away: duty === 'back' }),
    });
    this.#show(memory, memory.evidence ?? nothing, next);
    await this.#keep(rollout, memory);
    if (next.to !== 'stay') await this.#carryOut(next, present, rollout);
  }

  /** `all`: this gateway acts. `back`: nobody knows who does, so it may only roll back. */
  async #duty(): Promise<'all' | 'back' | 'none'> {
    const { lease, writable, lookMs } = this.#deps;
    try {
      if (!(await lease.hold(LEASE_LOOKS * lookMs))) return 'none';
      return writable() ? 'all' : 'back';
    } catch {
      return 'back';
    }
  }

  async #remember(rollout: RolloutState): Promise<StepMemory> {
    const { lookMs, now, find } = this.#deps;
    if (this.#memory?.isOf(rollout)) return this.#memory;
    const ejections = find(rollout.version)?.ejections ?? 0;
    const kept = this.#memory?.record(ejections) ?? (await this.#kept(rollout));
    const memory = new StepMemory(rollout, kept, { now: now(), ejections, longest: LEASE_LOOKS * lookMs });
    memory.evidence = this.#memory?.evidence ?? null;
    this.#memory = memory;
    return memory;
  }

  /** Null while the database cannot be read. */
  async #evidence(rollout: RolloutState): Promise<Evidence | null> {
    const { store, outcomeGood, log } = this.#deps;
    try {
      const epochs = await store.epochs(rollout.period);
      const slow = rollout.guardrails.includes('slow');
      const slowLimit = slow ? await store.slowLimit(rollout, epochs) : null;
      return guardrailEvidence(rollout, epochs, { slowLimit, outcomeGood });
    } catch (err) {
      log.warn({ err }, 'what the rollout counted cannot be read');
      return null;
    }
  }

  #sight({ version, baseline }: RolloutState, memory: StepMemory, writable: boolean): Sight {
    const { find, release, now } = this.#deps;
    const seen = find(version);
    const since = seen?.unreadySince;
    return {
      unready: whyUnready(seen),
      unreadyMs: since == null ? 0 : Math.max(0, now() - since),
      ejections: memory.ejections(seen?.ejections ?? 0),
      baselineUnready: whyUnready(find(baseline)),
      writable,
      releases: { candidate: release(version), baseline: release(baseline) },
    };
  }

  #show(memory: StepMemory, evidence: Omit<Evidence, 'proven' | 'early'>, next: NextStep): void {
    const { now, lookMs, metrics } = this.#deps;
    const { guardrails, checks, stepRequests, failed } = evidence;
    const stays = next.to === 'stay' ? next : { held: null, waits: null };
    memory.look = {
      time: new Date(now()).toISOString(),
      next: new Date(now() + lookMs).toISOString(),
      held: stays.held,
      waits: stays.waits,
      step_seconds: memory.clock.runMs / 1000,
      step_requests: stepRequests,
      ...{ guardrails, checks, failed },
    };
    metrics.guardrails(guardrails.map((one) => ({ ...one, violated: one.status === 'violated' })));
  }

  async #carryOut(next: Exclude<NextStep, { to: 'stay' }>, present: Present, rollout: RolloutState): Promise<void> {
    const { control, now, log } = this.#deps;
    const { sets, action, ...move } = moveOf(next, rollout);
    const weights = sets === undefined ? undefined : rolloutWeights(present.weights, rollout, sets);
    const by = { who: 'rollout', reason: next.reason, time: now() };
    try {
      await control.update(
        (_, period) => ({
          ...(weights ? { weights, fresh: true } : {}),
          rollout: moved(
            rollout,
            { ...move, ...(weights ? { weights } : {}), ...(next.to === 'running' ? { step_period: period } : {}) },
            by,
          ),
        }),
        { who: by.who, action, reason: by.reason },
        present.revision,
      );
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      log.info({ reason: error.message }, 'another change came before that of the rollout');
    }
  }

  /** Promotes the candidate's release, and keeps what came of it unless that is what came of the last try. */
  async #promote({ promote, ...rollout }: RolloutState, present: Present): Promise<void> {
    const { control, promoter, now } = this.#deps;
    if (!promote) return;
    const { state, reason } = await promoteAtEnd({ ...rollout, promote }, present.weights, promoter);
    if (state === 'waits' && rollout.moves.at(-1)?.reason === reason) return;
    const { paused_by, step, percent } = rollout;
    const move = { state: 'done', paused_by, step, percent, promote: { ...promote, state } } as const;
    const by = { who: 'rollout', reason };
    await control.update(
      ({ rollout: last }) => {
        if (last?.period !== rollout.period) throw new ConflictError('another rollout began meanwhile');
        return { rollout: moved(last, move, { ...by, time: now() }) };
      },
      { ...by, action: 'rollout promotion' },
    );
  }

  async #kept({ period }: RolloutState): Promise<StepRecord | null> {
    const kept = await this.#deps.store.kept(period).catch(() => null);
    return stepRecord.nullable().catch(null).parse(kept);
  }

  async #keep({ period, version }: RolloutState, memory: StepMemory): Promise<void> {
    const { store, find } = this.#deps;
    // without it, a restart or another gateway begins the step's clock again
    await store.keep(period, memory.record(find(version)?.ejections ?? 0)).catch(() => {});
  }
}

/** A decision as a move; `sets`: percent of the pair's weight to give the candidate; undefined: the weights stay. */
function moveOf(
  next: Exclude<NextStep, { to: 'stay' }>,
  rollout: RolloutState,
): Move & { sets?: number; action: string } {
  const { step, percent } = rollout;
  switch (next.to) {
    case 'running': {
      const sets = percentOf(rollout, next.step);
      return { state: 'running', paused_by: null, step: next.step, percent: sets, sets, action: 'rollout step' };
    }
    case 'done':
      return {
        state: 'done',
        paused_by: null,
        step: rollout.steps.length,
        percent: 100,
        sets: 100,
        action: 'rollout done',
      };
    case 'rolled_back':
      return { state: 'rolled_back', paused_by: null, step, percent: 0, sets: 0, action: 'rollout rolled back' };
    case 'paused':
      return { state: 'paused', paused_by: next.by, step, percent, action: 'rollout paused' };
  }
}
