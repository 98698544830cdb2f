import type { AuditEntry, ConfigPatch, ConfigView, RolloutState } from '@coppice/contract';
import type { Logger } from 'pino';
import type { CurrentEpoch } from '../accounting/current-epoch.ts';
import {
  type AuditedChange,
  type ControlState,
  type ControlStore,
  nothingRuns,
} from '../storage/port/control-store.ts';
import type { TrafficControl } from '../traffic/traffic-control.ts';
import { allowedIntent } from './allowed-intent.ts';
import { changedParts } from './changed-parts.ts';
import { ConflictError, outdated } from './control-errors.ts';
import { deploymentMode } from './deployment-mode.ts';
import { equalIntents, equalWeights, type Intent, lastIntent, pickWeights, totalWeight } from './last-intent.ts';
import { pauseForOthers } from './pause-for-others.ts';
import { presetWeights } from './preset-weights.ts';

/** What the control state holds beside the intent. */
type Running = Pick<ControlState, 'period' | 'experiment' | 'rollout'>;

/** What is in force, and what runs. */
export type Present = Omit<ControlState, 'environment'>;

/** What a rollout or an experiment changes. Without its `rollout`, a change of weights is one of something else. */
export type ControlChange = Partial<Pick<ControlState, 'weights' | 'experiment' | 'rollout'>> & {
  /** Begins a new period even though the weights stay. */
  fresh?: boolean;
};

/** Of a save: what runs from then on, whether a period begins in any case and which, and whether the rollout itself decided. */
type Extent = { running: Running; fresh: boolean; period: number; own: boolean };

type ControlDeps = {
  model: string;
  traffic: TrafficControl;
  store: ControlStore;
  /** What the environment sets, for every version. */
  environment: Intent;
  auth: ConfigView['auth'];
  /** Receives the weights in force, before the first request that they assign. */
  epoch: Pick<CurrentEpoch, 'begin'>;
  /** Called after this gateway changed a rollout; `before`: what it or the one before was. */
  onRollout?: (rollout: RolloutState, before: RolloutState | null) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
};

/** How many times a change is tried when other gateways on the same database are faster. */
const ATTEMPTS = 5;
const AUDIT_PAGE = 200;

/** The operator's side of the gateway: how much traffic each version gets. Survives restarts, and audits each change. */
export class Control {
  readonly #deps: ControlDeps;
  #revision = 0;
  #running: Running = nothingRuns;
  #stopped = false;
  /** Changes run one after the other: each sees the result of the one before. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(deps: ControlDeps) {
    this.#deps = deps;
  }

  /** Applies the last intent: the stored one, or the environment's if that changed. A broken store only logs a warning. */
  async start(): Promise<void> {
    const { store, environment, log } = this.#deps;
    store.onChange((state) => this.#adopt(state));
    try {
      await this.#begin();
    } catch (error) {
      this.#apply({ revision: 0, ...environment, ...nothingRuns });
      log.warn({ err: error }, "the stored weights cannot be read; using the environment's until they can");
    }
  }

  /** Waits for the change under way, and ignores later ones of other gateways. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#changes;
  }

  /** What is in force now. */
  view(): ConfigView {
    const { model, traffic, auth } = this.#deps;
    const weights = traffic.weights();
    return {
      model,
      revision: this.#revision,
      weights,
      mode: deploymentMode(traffic.versions, weights),
      shadow: traffic.shadow(),
      versions: traffic.states(),
      presets: presetWeights(traffic.versions),
      auth,
    };
  }

  /**
   * Changes weights or shadow, all or nothing, from the next request on. Throws `InvalidChangeError` for a wrong field,
   * and `ConflictError` when `revision` is given and another change came first, or as `allowedIntent` does.
   */
  patch(patch: ConfigPatch, who: string): Promise<ConfigView> {
    return this.#inTurn(() => this.#change(patch, who));
  }

  /** What is in force, with what runs. */
  state(): Present {
    return { ...this.#running, ...this.#intent(), revision: this.#revision };
  }

  /**
   * Changes weights and what runs, with an audit row, in one save. `change` may be made of the state that it changes and of
   * the period that begins if one does. Returns the new state. Throws `ConflictError` when another change came first: with
   * `revision` at once, else after some attempts. Expects weights that are complete and valid.
   */
  update(
    change: ControlChange | ((present: Present, nextPeriod: number) => ControlChange),
    audit: Pick<AuditedChange, 'who' | 'action' | 'reason'>,
    revision?: number,
  ): Promise<Present> {
    return this.#inTurn(() => this.#update(change, audit, revision));
  }

  /** Changes newest first, those with a smaller id than `beforeId`. */
  audit(limit: number, beforeId?: number): Promise<AuditEntry[]> {
    return this.#deps.store.audit(limit, beforeId);
  }

  /** The changes since a time, in milliseconds since the epoch, newest first. */
  async auditSince(since: number): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (;;) {
      const page = await this.audit(AUDIT_PAGE, entries.at(-1)?.id);
      const recent = page.filter(({ time }) => Date.parse(time) >= since);
      entries.push(...recent);
      if (recent.length < AUDIT_PAGE) return entries;
    }
  }

  async #begin(): Promise<void> {
    const { store, environment, traffic, log } = this.#deps;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await store.load();
      // nothing is stored, or the database is down: then its audit cannot be read either, and this throws
      if (!stored) await store.audit(1);
      const intent = lastIntent(stored, environment, traffic.versions);
      if (stored && equalIntents(stored, intent) && equalIntents(stored.environment, environment)) {
        this.#apply({ ...stored, ...intent });
        const { revision } = stored;
        if (!equalIntents(intent, environment))
          log.info({ revision, ...intent, environment }, 'weights set at run time override the environment');
        return;
      }
      const from = stored && { weights: stored.weights, shadow: stored.shadow };
      const reason = from ? "the environment's weights, shadow or versions changed" : 'first start';
      const change = { who: 'environment', action: changedParts(from, intent), reason, from, to: intent };
      if (stored) this.#running = pickRunning(stored);
      if (await this.#save(intent, change, stored)) return;
    }
    throw new Error('other gateways keep changing the stored state');
  }

  /** A database that was down at the start is back: applies its state as the start would have. */
  #beginLate(): void {
    const { log } = this.#deps;
    this.#changes = this.#changes
      .then(() => this.#begin())
      .catch((error) => log.warn({ err: error }, 'the stored weights could not be applied'));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#changes.then(work);
    this.#changes = change.catch(() => {});
    return change;
  }

  #change(patch: ConfigPatch, who: string): Promise<ConfigView> {
    return this.#attempt(patch.revision, async () => {
      const from = this.#intent();
      const to = allowedIntent(patch, from, this.#deps.traffic);
      await this.#refuseOutdated(patch.revision);
      const action = patch.preset ? `preset ${patch.preset}` : changedParts(from, to);
      const saved = await this.#save(to, { who, action, reason: patch.reason, from, to }, this.state());
      return saved ? this.view() : null;
    });
  }

  #update(
    change: ControlChange | ((present: Present, nextPeriod: number) => ControlChange),
    audit: Pick<AuditedChange, 'who' | 'action' | 'reason'>,
    revision: number | undefined,
  ): Promise<Present> {
    return this.#attempt(revision, async () => {
      await this.#refuseOutdated(revision);
      const before = this.state();
      const period = this.#nextPeriod();
      const { fresh = false, ...parts } = typeof change === 'function' ? change(before, period) : change;
      const from = this.#intent();
      const to = { ...from, weights: parts.weights ?? from.weights };
      const running = { ...this.#running, ...parts };
      const saved = await this.#save(to, { ...audit, from, to }, before, {
        running,
        fresh,
        period,
        own: 'rollout' in parts,
      });
      return saved ? this.state() : null;
    });
  }

  /** Until it is done; with a revision once only, since what was decided on that one does not hold for another. */
  async #attempt<T>(revision: number | undefined, work: () => Promise<T | null>): Promise<T> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const done = await work();
      if (done !== null) return done;
      const stored = await this.#deps.store.load();
      if (stored) this.#adopt(stored);
      await this.#refuseOutdated(revision);
    }
    throw new ConflictError('Other changes keep coming first. Try again.');
  }

  async #refuseOutdated(revision: number | undefined): Promise<void> {
    if (revision !== undefined && revision !== this.#revision) throw await this.#conflict(revision);
  }

  /** Stores the intent as the revision after `before` and applies it; false when another change came first. */
  async #save(
    intent: Intent,
    change: AuditedChange,
    before: Pick<ControlState, 'revision' | 'weights'> | null,
    { running = this.#running, fresh = false, period = this.#nextPeriod(), own = false }: Partial<Extent> = {},
  ): Promise<boolean> {
    const { store, environment, log } = this.#deps;
    const { weights } = intent;
    const begins = fresh || !before || !equalWeights(before.weights, weights);
    const { who, reason } = change;
    const next = {
      ...running,
      ...intent,
      revision: (before?.revision ?? 0) + 1,
      period: begins ? period : running.period,
      rollout: own
        ? running.rollout
        : pauseForOthers(running.rollout, { weights, who, reason, time: this.#deps.now() }),
      environment,
    };
    if (!(await store.save(next, change))) return false;
    const last = this.#running.rollout;
    this.#apply(next);
    if (next.rollout && next.rollout !== last) this.#deps.onRollout?.(next.rollout, last);
    log.info({ revision: next.revision, ...change }, 'traffic changed');
    return true;
  }

  async #conflict(given: number): Promise<ConflictError> {
    // if the database is down, the answer does not name who came first
    const last = await this.#deps.store.audit(20).catch((): AuditEntry[] => []);
    return outdated(given, this.#revision, last);
  }

  /** Applies what another gateway on the same database stored. */
  #adopt(state: ControlState): void {
    const { traffic, log } = this.#deps;
    if (this.#stopped || state.revision <= this.#revision) return;
    if (this.#revision === 0) {
      this.#beginLate();
      return;
    }
    const kept = pickWeights(state.weights, traffic.versions);
    const usable = totalWeight(kept) > 0;
    if (!usable) log.warn({ weights: state.weights }, 'the stored weights give no version of this gateway any weight');
    const shadow = state.shadow !== null && traffic.versions.includes(state.shadow) ? state.shadow : null;
    this.#apply({ ...state, weights: usable ? kept : traffic.weights(), shadow });
    log.info({ revision: state.revision, ...this.#intent() }, 'another gateway changed traffic');
  }

  #apply({ revision, weights, shadow, ...running }: Intent & Running & { revision: number }): void {
    const { traffic, epoch } = this.#deps;
    this.#revision = revision;
    this.#running = pickRunning(running);
    traffic.setWeights(weights);
    epoch.begin(running.period, traffic.inForce());
    traffic.setShadow(shadow);
  }

  /** Rises even if the clock was set back. */
  #nextPeriod(): number {
    return Math.max(this.#deps.now(), this.#running.period + 1);
  }

  #intent(): Intent {
    return { weights: this.#deps.traffic.weights(), shadow: this.#deps.traffic.shadow() };
  }
}

const pickRunning = ({ period, experiment, rollout }: Running): Running => ({ period, experiment, rollout });
