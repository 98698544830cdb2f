// Over 300 lines: all that reads or changes a registry shares what it knows of it.
import { hash } from 'node:crypto';
import {
  type Alias,
  type PendingChange,
  type RetrainJob,
  type SameRowsComparison,
  sameRowsComparison,
} from '@coppice/contract';
import { describeFiles } from './describe-files.ts';
import { BrokenReleaseError, RegistryConflictError, UnknownReleaseError } from './errors.ts';
import { Jobs } from './jobs.ts';
import { keysOf } from './keys-of.ts';
import { Lease } from './lease.ts';
import { declined, offered, openOffers } from './offers.ts';
import { parseJson } from './parse-json.ts';
import {
  type Author,
  begun,
  finished,
  type NextState,
  type Promotion,
  promoted,
  type Rollback,
  rolledBack,
} from './promotion.ts';
import { type Change, change as changeSchema, EMPTY, type RegistryState } from './registry-state.ts';
import { type Lineage, type Release, release as releaseSchema } from './release.ts';
import { type ObjectStore, type StoredObject, StoreUnavailableError } from './stores/object-store.ts';

/** A blob that nothing names yet may belong to a release that is being published. */
const YOUNG_MS = 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export type Upload = {
  /** By name; `model.onnx` and `model-card.json` among them. */
  files: ReadonlyMap<string, Uint8Array>;
  lineage: Lineage;
  who: string;
};
/** Who changes it and why. With `revision`, only that one: else `RegistryConflictError`. */
export type By = { who: string; reason: string; revision?: number | undefined };
/** The state and the revision that it is of; 0 before the first change. */
export type Current = { revision: number; state: RegistryState };
export type Retention = { keep: number; days: number };

/**
 * The releases of one model, and the few words about them that change: aliases, approvals, tags. A release is there once its
 * manifest is; a change is there once its revision is; both are created, never replaced, so that of two writers one wins
 * and a crash leaves nothing half-done. All methods reject with `StoreUnavailableError` while the store is away.
 */
export class Registry {
  readonly model: string;
  readonly #store: ObjectStore;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #now: () => number;
  readonly #jobs: Jobs;
  /** Manifests never change. */
  readonly #known = new Map<number, Release>();
  #current: Current = { revision: 0, state: EMPTY };

  constructor(store: ObjectStore, { model, now = Date.now }: { model: string; now?: () => number }) {
    this.model = model;
    this.#store = store;
    this.#keys = keysOf(model);
    this.#now = now;
    this.#jobs = new Jobs(store, this.#keys);
  }

  get place(): string {
    return this.#store.place;
  }

  /** Stores the files, then gives the release the next number. Throws `ChangeRefusedError` for files that are no release. */
  async publish({ files, lineage, who }: Upload): Promise<Release> {
    const { summary } = describeFiles(files, this.model);
    const kept: Release['files'] = Object.fromEntries(
      await Promise.all(
        [...files].map(async ([name, bytes]) => {
          const sha256 = hash('sha256', bytes);
          // written again even if it is there, so that it counts as young
          await this.#store.put(this.#keys.blob(sha256), bytes);
          return [name, { sha256, bytes: bytes.length }] as const;
        }),
      ),
    );
    for (;;) {
      const number = (await this.#numbers()).reduce((most, one) => Math.max(most, one), 0) + 1;
      const release = releaseSchema.parse({
        ...{ format: 1, model: this.model, number, createdAt: new Date(this.#now()).toISOString(), createdBy: who },
        ...{ files: kept, lineage, summary },
      });
      if (await this.#store.create(this.#keys.manifest(number), json(release))) return release;
    }
  }

  /** All releases, or the newest of them, the newest first. */
  async releases(limit = Number.POSITIVE_INFINITY): Promise<Release[]> {
    const numbers = (await this.#numbers()).sort((a, b) => b - a).slice(0, limit);
    const found = await Promise.all(numbers.map((number) => this.#find(number)));
    return found.filter((release) => release !== null);
  }

  /** Throws `UnknownReleaseError`. */
  async release(number: number): Promise<Release> {
    const found = await this.#find(number);
    if (!found) throw new UnknownReleaseError(`${this.model} has no release ${number}`);
    return found;
  }

  /** The bytes of a file, compared with their SHA-256. Throws `UnknownReleaseError` and `BrokenReleaseError`. */
  async file(release: Release, name: string): Promise<Uint8Array> {
    const known = Object.hasOwn(release.files, name) ? release.files[name] : undefined;
    if (!known) throw new UnknownReleaseError(`release ${release.number} of ${this.model} has no file ${name}`);
    const bytes = await this.#store.read(this.#keys.blob(known.sha256));
    if (!bytes) throw new BrokenReleaseError(`${name} of release ${release.number} is missing in ${this.place}`);
    if (hash('sha256', bytes) !== known.sha256)
      throw new BrokenReleaseError(`${name} of release ${release.number} in ${this.place} is not what was published`);
    return bytes;
  }

  /** The release and another one on the same rows, or null while nobody compared them. */
  async comparison(release: number, against: number): Promise<SameRowsComparison | null> {
    const bytes = await this.#store.read(this.#keys.comparison(release, against));
    return sameRowsComparison.safeParse(bytes && parseJson(bytes)).data ?? null;
  }

  /** Keeps a comparison, in place of an earlier one of the same two. */
  async keepComparison(comparison: SameRowsComparison): Promise<void> {
    await this.#store.put(this.#keys.comparison(comparison.release, comparison.against), json(comparison));
  }

  /** Retraining jobs, the newest first. */
  jobs(limit = 20): Promise<RetrainJob[]> {
    return this.#jobs.list(limit);
  }

  /** A retraining job by its number, or null. */
  job(id: number): Promise<RetrainJob | null> {
    return this.#jobs.find(id);
  }

  /** Gives a retraining job the next number. */
  beginJob(job: Omit<RetrainJob, 'id' | 'model'>): Promise<RetrainJob> {
    return this.#jobs.begin({ ...job, model: this.model });
  }

  /** Keeps a retraining job in place of what was kept of it. */
  keepJob(job: RetrainJob): Promise<void> {
    return this.#jobs.keep(job);
  }

  /** The log of a retraining job, the oldest line first. */
  jobLog(id: number): Promise<string[]> {
    return this.#jobs.log(id);
  }

  keepJobLog(id: number, lines: readonly string[]): Promise<void> {
    return this.#jobs.keepLog(id, lines);
  }

  /** The lease `name` of this model, for a process that calls itself `holder`. */
  lease(name: string, holder: string): Lease {
    return new Lease(this.#store, { prefix: this.#keys.lease(name), holder, now: this.#now });
  }

  /** The newest state. */
  async current(): Promise<Current> {
    const known = this.#current.revision;
    const changes = await this.#store.list(this.#keys.changes, this.#keys.change(Math.max(0, known - 1)));
    const newest = changes.at(-1) ?? (await this.#newestWithout(known));
    if (!newest || newest.key === this.#keys.change(known)) return this.#current;
    const { revision, state } = await this.#read(newest.key);
    this.#know({ revision, state });
    return this.#current;
  }

  /** Changes are never removed: the folder is not mounted any more, or an older registry was restored. Then that one counts. */
  async #newestWithout(known: number): Promise<StoredObject | undefined> {
    if (known === 0) return undefined;
    const newest = (await this.#store.list(this.#keys.changes)).at(-1);
    if (!newest) throw new StoreUnavailableError(`${this.place} has no change ${known} of ${this.model} any more`);
    this.#current = { revision: 0, state: EMPTY };
    this.#known.clear();
    return newest;
  }

  /** The changes, the newest first. */
  async audit(limit = 100): Promise<Change[]> {
    const keys = (await this.#store.list(this.#keys.changes)).slice(-limit).reverse();
    return Promise.all(keys.map(({ key }) => this.#read(key)));
  }

  /**
   * Sets an alias, or takes it away with null. With `expected`, only from that number: else `RegistryConflictError`, as when
   * someone else changes the registry meanwhile. A champion that is set by hand ends what is pending.
   */
  async setAlias(alias: Alias, to: number | null, by: By, expected?: number | null): Promise<Current> {
    if (to !== null) await this.release(to);
    return this.#apply('alias', by, ({ aliases, ...state }) => {
      const from = aliases[alias];
      if (expected !== undefined && from !== expected)
        throw new RegistryConflictError(`${alias} is ${from ?? 'none'} by now, not ${expected ?? 'none'}`);
      if (from === to) return null;
      return {
        what: `${alias}: ${from ?? 'none'} → ${to ?? 'none'}`,
        state: {
          ...state,
          aliases: { ...aliases, [alias]: to },
          pending: alias === 'champion' ? null : state.pending,
        },
      };
    });
  }

  /**
   * Gives a registry its first champion and challenger, both with the tag `note`, in one change. False, changing nothing, when
   * there is a champion already.
   */
  async begin(numbers: readonly [number, number?], note: string, by: By): Promise<boolean> {
    try {
      await this.#apply('alias', by, (state) => begun(state, numbers, note));
      return true;
    } catch (error) {
      if (error instanceof RegistryConflictError) return false;
      throw error;
    }
  }

  async judge(number: number, approved: boolean, by: By): Promise<Current> {
    await this.release(number);
    const verdict = { approved, who: by.who, time: new Date(this.#now()).toISOString(), reason: by.reason };
    return this.#apply(approved ? 'approve' : 'reject', by, (state) => ({
      what: `release ${number} is ${approved ? 'approved' : 'rejected'}`,
      state: { ...state, approvals: { ...state.approvals, [number]: verdict } },
    }));
  }

  /** Sets a tag of a release; an empty text takes it away. */
  async tag(number: number, name: string, value: string, by: By): Promise<Current> {
    await this.release(number);
    return this.#apply('tag', by, (state) => {
      const { [name]: before, ...others } = state.tags[number] ?? {};
      if ((before ?? '') === value) return null;
      const tags = { ...state.tags, [number]: value === '' ? others : { ...others, [name]: value } };
      return { what: `release ${number}: ${name} = ${value || 'none'}`, state: { ...state, tags } };
    });
  }

  /** Keeps that someone moved an alias elsewhere; see `offered`. */
  async offer(alias: Alias, to: number, by: By): Promise<Current> {
    await this.release(to);
    return this.#apply('offer', by, (state, author) => offered(state, alias, to, author));
  }

  /** See `declined`. */
  decline(alias: Alias, by: By): Promise<Current> {
    return this.#apply('decline', by, (state) => declined(state, alias));
  }

  /** See `promoted`. */
  promote(promotion: Promotion, by: By): Promise<Current> {
    return this.#apply('promote', by, (state, author) => promoted(state, promotion, author));
  }

  /** See `rolledBack`. */
  rollback(by: By, rollback: Rollback = {}): Promise<Current> {
    return this.#apply('rollback', by, (state, author) => rolledBack(state, rollback, author));
  }

  /** Ends a pending promotion or rollback; changes nothing when something else is pending by now. */
  finish(pending: PendingChange, by: By): Promise<Current> {
    return this.#apply('finish', by, (state) => finished(state, pending));
  }

  /** Removes releases beyond the retention; those with an alias, and the earlier champion, stay. Returns their numbers. */
  async prune({ keep, days }: Retention, by: By): Promise<number[]> {
    const { state } = await this.current();
    const releases = await this.releases();
    const since = this.#now() - days * DAY_MS;
    const stays = new Set([...Object.values(state.aliases), state.previous?.champion, state.previous?.challenger]);
    const gone = releases
      .slice(Math.max(1, keep))
      .filter(({ number, createdAt }) => !stays.has(number) && Date.parse(createdAt) < since)
      .map(({ number }) => number);
    for (const number of gone) {
      await this.#store.remove(this.#keys.manifest(number));
      this.#known.delete(number);
    }
    await this.#removeUnused();
    if (gone.length > 0)
      await this.#apply('prune', by, (before) => ({
        what: `${gone.length === 1 ? 'release' : 'releases'} ${gone.join(', ')}`,
        state: {
          ...{ ...before, approvals: without(before.approvals, gone), tags: without(before.tags, gone) },
          offers: openOffers(before, gone),
        },
      }));
    return gone;
  }

  async #removeUnused(): Promise<void> {
    const used = new Set(
      (await this.releases()).flatMap(({ files }) => Object.values(files).map(({ sha256 }) => sha256)),
    );
    for (const { key, modified } of await this.#store.list(this.#keys.blobs)) {
      const unused = !used.has(key.slice(this.#keys.blobs.length)) && this.#now() - modified > YOUNG_MS;
      if (unused) await this.#store.remove(key);
    }
  }

  /** Makes the next revision of the newest state; `next` returns null when there is nothing to change. */
  async #apply(
    action: Change['action'],
    { who, reason, revision }: By,
    next: (state: RegistryState, author: Author) => NextState | null,
  ): Promise<Current> {
    const { revision: last, state: before } = await this.current();
    if (revision !== undefined && revision !== last)
      throw new RegistryConflictError(`revision ${revision} of the registry is outdated: ${last} is current`);
    const time = new Date(this.#now()).toISOString();
    const changed = next(before, { who, reason, time });
    if (!changed) return this.#current;
    const { what } = changed;
    const state = { ...changed.state, offers: openOffers(changed.state) };
    const change = changeSchema.parse({ revision: last + 1, time, who, action, what, reason, state });
    if (!(await this.#store.create(this.#keys.change(change.revision), json(change))))
      throw new RegistryConflictError(`${this.model} was changed by someone else meanwhile`);
    this.#know({ revision: change.revision, state });
    return this.#current;
  }

  /** Of two reads at once the older one may end last. */
  #know(current: Current): void {
    if (current.revision > this.#current.revision) this.#current = current;
  }

  async #find(number: number): Promise<Release | null> {
    const known = this.#known.get(number);
    if (known) return known;
    const bytes = await this.#store.read(this.#keys.manifest(number));
    if (!bytes) return null;
    const parsed = releaseSchema.safeParse(parseJson(bytes));
    if (!parsed.success)
      throw new BrokenReleaseError(`release ${number} of ${this.model} in ${this.place} has no valid manifest`);
    this.#known.set(number, parsed.data);
    return parsed.data;
  }

  async #read(key: string): Promise<Change> {
    const bytes = await this.#store.read(key);
    const parsed = changeSchema.safeParse(bytes && parseJson(bytes));
    if (!parsed.success) throw new BrokenReleaseError(`${key} in ${this.place} is no valid change`);
    return parsed.data;
  }

  async #numbers(): Promise<number[]> {
    const prefix = this.#keys.manifests;
    return (await this.#store.list(prefix)).map(({ key }) => Number.parseInt(key.slice(prefix.length), 10));
  }
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

function without<T>(of: Record<string, T>, numbers: readonly number[]): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([number]) => !numbers.includes(Number(number))));
}
