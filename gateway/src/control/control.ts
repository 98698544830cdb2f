import type { AuditEntry, ConfigPatch, ConfigView } from '@coppice/contract';
import type { Logger } from 'pino';
import type { AuditedChange, ControlState, ControlStore } from '../storage/port/control-store.ts';
import type { TrafficControl } from '../traffic/traffic-control.ts';
import { ConflictError } from './control-errors.ts';
import { deploymentMode } from './deployment-mode.ts';
import { equalIntents, equalWeights, type Intent, lastIntent, pickWeights, totalWeight } from './last-intent.ts';
import { presetWeights } from './preset-weights.ts';
import { wantedIntent } from './wanted-intent.ts';

type ControlDeps = {
  model: string;
  traffic: TrafficControl;
  store: ControlStore;
  /** What the environment asks for; every version named. */
  environment: Intent;
  auth: ConfigView['auth'];
  log: Pick<Logger, 'info' | 'warn'>;
};

/** How often a change is tried again when another gateway on the same database was faster. */
const ATTEMPTS = 5;

/** The operator's side of the gateway: who may get how much traffic, kept across restarts, each change audited. */
export class Control {
  readonly #deps: ControlDeps;
  #revision = 0;
  #stopped = false;
  /** Changes are made one after the other: each sees what the one before left. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(deps: ControlDeps) {
    this.#deps = deps;
  }

  /** Puts the last intent in force: what was stored, or the environment when it changed since. A broken store only warns. */
  async start(): Promise<void> {
    const { store, environment, log } = this.#deps;
    store.onChange((state) => this.#adopt(state));
    try {
      await this.#begin();
    } catch (error) {
      this.#apply({ revision: 0, ...environment });
      log.warn({ err: error }, 'the stored weights cannot be read yet: the environment is in force until they can');
    }
  }

  /** Waits for the change under way; later ones of other gateways are ignored. */
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
   * Changes weights or shadow, whole or not at all, from the next request on. Throws `InvalidChangeError`
   * for a wrong field, and `ConflictError` when `revision` is given and another change came first.
   */
  patch(patch: ConfigPatch, who: string): Promise<ConfigView> {
    const change = this.#changes.then(() => this.#change(patch, who));
    this.#changes = change.catch(() => {});
    return change;
  }

  /** Changes newest first, those with a smaller id than `beforeId`. */
  audit(limit: number, beforeId?: number): Promise<AuditEntry[]> {
    return this.#deps.store.audit(limit, beforeId);
  }

  async #begin(): Promise<void> {
    const { store, environment, traffic, log } = this.#deps;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await store.load();
      // nothing stored, or the database is away: then its audit cannot be read either, and this throws
      if (!stored) await store.audit(1);
      const intent = lastIntent(stored, environment, traffic.versions);
      if (stored && equalIntents(stored, intent) && equalIntents(stored.environment, environment)) {
        const { revision } = stored;
        this.#apply({ revision, ...intent });
        if (!equalIntents(intent, environment))
          log.info({ revision, ...intent, environment }, 'what was set at run time stands, not the environment');
        return;
      }
      const from = stored && { weights: stored.weights, shadow: stored.shadow };
      const reason = from ? "the environment's weights, shadow or versions changed" : 'first start';
      const change = { who: 'environment', action: changedParts(from, intent), reason, from, to: intent };
      if (await this.#save(intent, change, stored?.revision ?? 0)) return;
    }
    throw new Error('other gateways kept changing the stored state');
  }

  /** The database that was away at the start is there: what it holds is judged now as it would have been then. */
  #beginLate(): void {
    const { log } = this.#deps;
    this.#changes = this.#changes
      .then(() => this.#begin())
      .catch((error) => log.warn({ err: error }, 'the stored weights could not be put in force'));
  }

  async #change(patch: ConfigPatch, who: string): Promise<ConfigView> {
    const { store, traffic } = this.#deps;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const from = this.#intent();
      const to = wantedIntent(patch, from, traffic.versions);
      if (patch.revision !== undefined && patch.revision !== this.#revision) throw await this.#conflict(patch.revision);
      const action = patch.preset ? `preset ${patch.preset}` : changedParts(from, to);
      if (await this.#save(to, { who, action, reason: patch.reason, from, to }, this.#revision)) return this.view();
      const stored = await store.load();
      if (stored) this.#adopt(stored);
    }
    throw new ConflictError('Other changes came first again and again. Try once more.');
  }

  /** Stores the intent as the revision after `revision` and puts it in force; false when another change came first. */
  async #save(intent: Intent, change: AuditedChange, revision: number): Promise<boolean> {
    const { store, environment, log } = this.#deps;
    const next = { revision: revision + 1, ...intent, environment };
    if (!(await store.save(next, change))) return false;
    this.#apply(next);
    log.info({ revision: next.revision, ...change }, 'traffic changed');
    return true;
  }

  async #conflict(given: number): Promise<ConflictError> {
    // the database may be away: then the answer does not name who came first
    const [last] = await this.#deps.store.audit(1).catch((): AuditEntry[] => []);
    const by = last ? `, set by ${last.who} at ${last.time} (${last.action}: ${last.reason})` : '';
    return new ConflictError(
      `Revision ${given} is not the current one: that is ${this.#revision}${by}. Read GET /config and decide again.`,
      [{ pointer: '/revision', detail: `the current revision is ${this.#revision}` }],
    );
  }

  /** Takes over what another gateway on the same database stored. */
  #adopt(state: ControlState): void {
    const { traffic, log } = this.#deps;
    if (this.#stopped || state.revision <= this.#revision) return;
    if (this.#revision === 0) {
      this.#beginLate();
      return;
    }
    const kept = pickWeights(state.weights, traffic.versions);
    const usable = totalWeight(kept) > 0;
    if (!usable)
      log.warn({ weights: state.weights }, 'the stored weights leave none of the versions of this gateway any');
    const shadow = state.shadow !== null && traffic.versions.includes(state.shadow) ? state.shadow : null;
    this.#apply({ revision: state.revision, weights: usable ? kept : traffic.weights(), shadow });
    log.info({ revision: state.revision, ...this.#intent() }, 'traffic changed elsewhere');
  }

  #apply({ revision, weights, shadow }: Intent & { revision: number }): void {
    const { traffic } = this.#deps;
    this.#revision = revision;
    traffic.setWeights(weights);
    traffic.setShadow(shadow);
  }

  #intent(): Intent {
    const { traffic } = this.#deps;
    return { weights: traffic.weights(), shadow: traffic.shadow() };
  }
}

/** The audit's word for a change: which parts of the intent it touched. */
function changedParts(from: Intent | null, to: Intent): string {
  const weights = !from || !equalWeights(from.weights, to.weights);
  const shadow = (from?.shadow ?? null) !== to.shadow;
  return weights && shadow ? 'weights and shadow' : shadow ? 'shadow' : 'weights';
}
