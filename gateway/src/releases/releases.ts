import type {
  ConfigPatch,
  ConfigView,
  JudgeRelease,
  MoveAlias,
  PromoteRelease,
  ReleaseRow,
  ReleasesAudit,
  ReleasesView,
  RollbackRelease,
} from '@coppice/contract';
import { RegistryConflictError, UnknownReleaseError } from '@coppice/registry/errors';
import type { By, Current, Registry } from '@coppice/registry/registry';
import { EMPTY, type RegistryState } from '@coppice/registry/registry-state';
import type { Logger } from 'pino';
import type { Control } from '../control/control.ts';
import { ConflictError, InvalidChangeError } from '../control/control-errors.ts';
import { CardIdentities } from './card-identities.ts';
import { promotedWeights, restoredWeights } from './champion-weights.ts';
import { FinishPending } from './finish-pending.ts';
import { presetRollback } from './preset-rollback.ts';
import { RegistryWatch } from './registry-watch.ts';
import type { Gate } from './release-gate.ts';
import { releaseRows, releasesHead, shownReleases } from './releases-view.ts';
import type { Serving } from './serving.ts';
import { tryUntil } from './try-until.ts';
import { whyNotPromoted } from './why-not-promoted.ts';

type Deps = {
  /** Null: no registry is set. */
  registry: Registry | null;
  model: string;
  control: Pick<Control, 'state' | 'update' | 'view' | 'patch' | 'auditSince'>;
  /** What the versions serve, in their order. */
  serving: () => readonly Serving[];
  /** Looks at what a version serves. */
  lookAgain: (version: string) => Promise<void>;
  gate: Gate;
  leases: { hold(ms: number): Promise<boolean>; release(): Promise<void> };
  log: Pick<Logger, 'info' | 'warn'>;
};

const PATIENCE_MS = 10_000;
/** Commands that ask for weights wait 10 seconds for an answer. */
const PATCH_PATIENCE_MS = 8000;
/** Three looks. */
const LEASE_MS = 6000;
const ROWS = 50;
const TRIES = 3;

/** The releases of the model that the gateway serves: shows them, promotes, takes back, approves and rejects. */
export class Releases {
  readonly #deps: Deps;
  readonly #watch: RegistryWatch | null;
  readonly #finish: FinishPending | null;
  readonly #cards: CardIdentities | null;
  /** What was shown last, for when the registry is away. */
  #rows: ReleaseRow[] = [];
  /** Why what is pending could not be finished at the last try. */
  #unfinished: string | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { registry, control, serving, lookAgain, leases, log } = deps;
    const watch = registry && new RegistryWatch({ registry, onLook: (state) => this.#finishPending(state), log });
    this.#watch = watch;
    this.#cards = registry && new CardIdentities(registry);
    this.#finish =
      watch &&
      new FinishPending({
        ...{ control, serving, log },
        look: () => watch.look(),
        finish: (pending, by) => watch.within((one) => one.finish(pending, by)),
        lookAgain: () => lookAgain(serving()[0]?.version as string),
        hold: () => leases.hold(LEASE_MS),
      });
  }

  /** Begins to watch the registry, and to finish what is pending. */
  start(): void {
    this.#watch?.start();
  }

  async stop(): Promise<void> {
    await this.#watch?.stop();
    if (this.#watch) await this.#deps.leases.release().catch(() => {});
  }

  /** Of the registry, as it was seen last. */
  get revision(): number {
    return this.#watch?.seen.revision ?? 0;
  }

  /** What the registry held at the last look. */
  get state(): RegistryState {
    return this.#watch?.seen.state ?? EMPTY;
  }

  /** The registry as the gateway sees it, with at least `limit` releases if there are so many. */
  async view(limit = ROWS): Promise<ReleasesView> {
    const { registry, model, gate } = this.#deps;
    const watch = this.#watch;
    const serving = this.#deps.serving();
    let trouble: string | null = null;
    let rows: ReleaseRow[] = [];
    if (watch && this.#cards) {
      const parts = { cards: this.#cards, gate, serving };
      try {
        const { state } = await watch.look();
        rows = await watch.within(async (one) =>
          releaseRows(await shownReleases(one, limit, state, serving), state, parts),
        );
        this.#rows = rows;
      } catch (error) {
        trouble = (error as Error).message;
        rows = this.#rows.slice(0, limit);
      }
    }
    const head = releasesHead(watch?.seen ?? { revision: 0, state: EMPTY }, { serving, gate });
    return { registry: registry?.place ?? null, model, ...head, releases: rows, trouble };
  }

  /** Changes of the registry, the newest first. Rejects while it is away. */
  async audit(limit: number): Promise<ReleasesAudit> {
    if (!this.#watch) return { audit: [] };
    const changes = await this.#watch.within((registry) => registry.audit(limit));
    return { audit: changes.map(({ state: _, ...change }) => change) };
  }

  /**
   * The challenger becomes champion, and the first version gets the weight of those that serve it: in one change of the
   * registry and, once the first version serves it, one of the weights. Waits for that for 10 seconds; it is finished later
   * otherwise. Throws `ConflictError` with the reason when it may not be, and `RegistryConflictError` when others came first.
   */
  async promote({ release, approve = false, reason, revision }: PromoteRelease, who: string): Promise<ReleasesView> {
    await this.begin({ release, approve, reason, revision }, who);
    return this.#finished();
  }

  /** As `promote`, but does not wait until it is finished. */
  async begin({ release, approve = false, reason, revision }: PromoteRelease, who: string): Promise<void> {
    const now = await this.#look(revision);
    const why = await this.#whyNot(release, now.state, approve);
    if (why !== null) throw refused(`Release ${release} is not promoted: ${why}.`);
    const { weights } = this.#deps.control.state();
    await this.#change({ who, reason, revision: now.revision }, (registry, by) =>
      registry.promote(
        {
          ...{ release, approve, weights, approval: this.#approval },
          sets: promotedWeights(weights, this.#deps.serving(), release),
        },
        by,
      ),
    );
  }

  /** The release that `version` serves, if it may be promoted. Throws `ConflictError` with the reason otherwise. */
  async promotable(version: string): Promise<number> {
    const { state } = await this.#look();
    const served = this.#deps.serving().find((one) => one.version === version)?.release ?? null;
    const { challenger } = state.aliases;
    if (served === null || served !== challenger)
      throw refused(
        `${version} serves ${served === null ? 'no release' : `release ${served}`}, and the challenger is ${challenger === null ? 'none' : `release ${challenger}`}.`,
      );
    const why = await this.#whyNot(served, state, false);
    if (why !== null) throw refused(`Release ${served} cannot be promoted: ${why}.`);
    return served;
  }

  /** The aliases now. Rejects while the registry is away. */
  async aliases(): Promise<RegistryState['aliases']> {
    return (await this.#look()).state.aliases;
  }

  /**
   * Takes the last promotion back: the champion of before and, once the first version serves it, the weights of before,
   * without any for the release that is taken out. Waits as `promote` does. Throws `ConflictError` when there is none.
   */
  async rollback({ reason, revision }: RollbackRelease, who: string, patienceMs?: number): Promise<ReleasesView> {
    for (let tries = 1; ; tries++) {
      const now = await this.#look(revision);
      const { aliases, previous } = now.state;
      const present = this.#deps.control.state().weights;
      const sets = restoredWeights(previous?.weights ?? null, present, this.#deps.serving(), aliases);
      try {
        await this.#change({ who, reason, revision: now.revision }, (registry, by) => registry.rollback(by, { sets }));
        return await this.#finished(patienceMs);
      } catch (error) {
        // what is to be taken out must not stay because somebody tagged a release meanwhile
        if (!(error instanceof RegistryConflictError) || revision !== undefined || tries === TRIES) throw error;
      }
    }
  }

  /** As `Control.patch`, but the preset `rollback` takes back a promotion: see `presetRollback`. */
  async patch(patch: ConfigPatch, who: string): Promise<ConfigView> {
    const { control, gate } = this.#deps;
    const watch = this.#watch;
    // a rollback waits for nobody
    if (patch.preset !== 'rollback') await gate.judgeAgain();
    if (patch.preset !== 'rollback' || !watch) return control.patch(patch, who);
    return presetRollback(patch, who, {
      control,
      look: () => watch.look(),
      seen: () => watch.seen.state,
      rollback: () => this.rollback({ reason: patch.reason }, who, PATCH_PATIENCE_MS),
    });
  }

  /** A person's word on a release. */
  async judge({ release, reason, revision }: JudgeRelease, approved: boolean, who: string): Promise<ReleasesView> {
    await this.#look(revision);
    await this.#change({ who, reason, revision }, (registry, by) => registry.judge(release, approved, by));
    return this.view();
  }

  async moveAlias({ alias, release, reason, revision }: MoveAlias, who: string): Promise<ReleasesView> {
    await this.#look(revision);
    await this.#change({ who, reason, revision }, (registry, by) => registry.setAlias(alias, release, by));
    return this.view();
  }

  /** Reads the registry; rejects with `StoreUnavailableError` when that takes too long. Null without a registry. */
  get reading(): RegistryWatch['within'] | null {
    const watch = this.#watch;
    return watch && ((work) => watch.within(work));
  }

  get #approval(): 'required' | 'auto' {
    return this.#deps.gate.settings().approval === 'auto' ? 'auto' : 'required';
  }

  async #whyNot(release: number, state: RegistryState, approve: boolean): Promise<string | null> {
    const { control, serving, gate } = this.#deps;
    const seen = {
      ...{ state, approve, serving: serving(), rollout: control.state().rollout, approval: this.#approval },
    };
    // the gate may take a while, and says nothing where the answer is known
    return (
      whyNotPromoted(release, { ...seen, gate: null }) ??
      whyNotPromoted(release, { ...seen, gate: await this.#required.within(() => gate.verdict(release)) })
    );
  }

  /** The newest state. Throws `ConflictError` without a registry, and `RegistryConflictError` when `revision` is an older one. */
  async #look(revision?: number): Promise<Current> {
    const now = await this.#required.look();
    if (revision !== undefined && revision !== now.revision)
      throw new RegistryConflictError(`revision ${revision} of the registry is outdated: ${now.revision} is current`);
    return now;
  }

  get #required(): RegistryWatch {
    if (this.#watch) return this.#watch;
    throw refused('This gateway has no registry: REGISTRY_URL, which says where the releases are, is not set.');
  }

  async #change(by: By, change: (registry: Registry, by: By) => Promise<Current>): Promise<void> {
    const watch = this.#required;
    try {
      watch.note(await watch.within((registry) => change(registry, by)));
    } catch (error) {
      if (error instanceof UnknownReleaseError)
        throw new InvalidChangeError(['release'], `is unknown: ${error.message}`);
      throw error;
    }
  }

  /** True when nothing is pending. */
  async #finishPending(state: RegistryState): Promise<boolean> {
    try {
      const finished = await this.#finish?.run(state);
      if (finished) this.#watch?.note(finished);
      this.#unfinished = null;
    } catch (err) {
      const { message } = err as Error;
      if (message !== this.#unfinished) this.#deps.log.warn({ err }, 'what is pending cannot be finished yet');
      this.#unfinished = message;
    }
    return this.state.pending === null;
  }

  /** What is there once nothing is pending, or after `patienceMs`. */
  async #finished(patienceMs = PATIENCE_MS): Promise<ReleasesView> {
    await tryUntil(() => this.#finishPending(this.state), patienceMs);
    return this.view();
  }
}

const refused = (message: string) => new ConflictError(message);
