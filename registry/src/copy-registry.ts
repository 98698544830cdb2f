import { hash } from 'node:crypto';
import { BrokenReleaseError, ChangeRefusedError, RegistryConflictError } from './errors.ts';
import { keysOf } from './keys-of.ts';
import { Registry } from './registry.ts';
import type { Release } from './release.ts';
import type { ObjectStore } from './stores/object-store.ts';

/** Requests under way at once: enough to hide the way to a bucket. */
const WIDTH = 8;
/** Whoever changes the source more often than this during one copy does so all the time. */
const MOST_PASSES = 3;

/** How far the copy of a model is; `bytes` are those of its files that were written. */
export type CopyProgress = { model: string; releases: number; of: number; bytes: number };
/** What is in the target now; `written` are the releases that were not there before, `bytes` those of their files. */
export type CopiedModel = { model: string; releases: number; written: number; bytes: number; revision: number };

/**
 * Copies the releases of these models (default: all) with aliases, approvals, tags, audit, comparisons and retraining jobs; all
 * keep their numbers. What is there already is compared, so a copy that ended halfway goes on. Throws, having written nothing,
 * `ChangeRefusedError` when the target has anything that the source lacks; later `BrokenReleaseError` and `RegistryConflictError`.
 */
export async function copyRegistry(
  from: ObjectStore,
  to: ObjectStore,
  options: { model?: string | undefined; progress?: (at: CopyProgress) => void } = {},
): Promise<CopiedModel[]> {
  if (from.place === to.place) throw new ChangeRefusedError(`${from.place} is both source and target`);
  const models = await modelsIn(from);
  const chosen = models.filter((model) => options.model === undefined || model === options.model);
  if (chosen.length === 0)
    throw new ChangeRefusedError(`${from.place} has no release of ${options.model ?? 'any model'}`);
  for (const model of chosen) await refuseOthers(from, to, model);
  const copied: CopiedModel[] = [];
  for (const model of chosen) copied.push(await copyModel(from, to, model, options.progress ?? (() => {})));
  return copied;
}

async function modelsIn(store: ObjectStore): Promise<string[]> {
  const found = (await store.list('')).map(({ key }) => /^([^/]+)\/releases\/\d+\.json$/.exec(key)?.[1]);
  return [...new Set(found.filter((model) => model !== undefined))];
}

/**
 * A target may hold a part of the source, and nothing else: two histories under the same numbers never become one. An earlier
 * copy may have what was pruned since.
 */
async function refuseOthers(from: ObjectStore, to: ObjectStore, model: string): Promise<void> {
  const keys = keysOf(model);
  const lastRelease = (await from.list(keys.manifests)).at(-1)?.key ?? '';
  const refuse = (key: string, prefix: string, what: string, is: string) => {
    throw new ChangeRefusedError(
      `${to.place} has a ${what} ${numberOf(key, prefix)} of ${model} that ${from.place} ${is}: the target must be empty or an earlier copy`,
    );
  };
  const pruned: string[] = [];
  let shared = 0;
  for (const [prefix, what] of [
    [keys.manifests, 'release'],
    [keys.changes, 'change'],
  ] as const) {
    await each(await to.list(prefix), async ({ key }) => {
      const [ours, theirs] = await Promise.all([from.read(key), to.read(key)]);
      if (ours && theirs && same(ours, theirs)) shared++;
      else if (ours) refuse(key, prefix, what, 'has otherwise');
      else if (prefix === keys.manifests && key < lastRelease) pruned.push(key);
      else refuse(key, prefix, what, 'lacks');
    });
  }
  if (shared === 0 && pruned[0]) refuse(pruned[0], keys.manifests, 'release', 'lacks');
  const newest = (await from.list(keys.jobs)).at(-1)?.key ?? '';
  const other = (await to.list(keys.jobs, newest)).at(-1);
  if (other)
    throw new ChangeRefusedError(
      `${to.place} has a retraining job ${numberOf(other.key, keys.jobs)} of ${model} that ${from.place} lacks: the target must be empty or an earlier copy`,
    );
}

async function copyModel(
  from: ObjectStore,
  to: ObjectStore,
  model: string,
  progress: (at: CopyProgress) => void,
): Promise<CopiedModel> {
  const keys = keysOf(model);
  const verified = new Set<string>();
  const done = { written: 0, bytes: 0 };
  for (let pass = 1; ; pass++) {
    const source = new Registry(from, { model });
    // before the releases: what a change names was published before it
    const changes = await from.list(keys.changes);
    const releases = (await source.releases()).reverse();
    for (const [at, release] of releases.entries()) {
      done.bytes += await copyFiles(source, to, release, verified);
      if (await copyOnce(from, to, keys.manifest(release.number))) done.written++;
      progress({ model, releases: at + 1, of: releases.length, bytes: done.bytes });
    }
    for (const prefix of [keys.comparisons, keys.jobs, keys.jobLogs])
      await each(await from.list(prefix), ({ key }) => copyNewest(from, to, key));
    // the newest first: a copy that ends halfway has today's aliases, never those of another day
    const newest = changes.at(-1);
    if (newest) await copyOnce(from, to, newest.key);
    await each(changes.slice(0, -1).reverse(), ({ key }) => copyOnce(from, to, key));
    const still =
      (await from.list(keys.changes)).at(-1)?.key === newest?.key &&
      (await new Registry(from, { model }).releases()).length === releases.length;
    if (still) {
      await removePruned(to, model, releases);
      return { model, releases: releases.length, ...done, revision: newest ? numberOf(newest.key, keys.changes) : 0 };
    }
    if (pass === MOST_PASSES)
      throw new RegistryConflictError(
        `${model} in ${from.place} was changed meanwhile: stop what changes it, then repeat the copy`,
      );
  }
}

/** Their numbers are never given out again. A release that comes after all of the source's is somebody else's. */
async function removePruned(to: ObjectStore, model: string, releases: readonly Release[]): Promise<void> {
  const keys = keysOf(model);
  const stay = releases.map(({ number }) => keys.manifest(number));
  const there = await to.list(keys.manifests);
  await each(there, async ({ key }) => {
    if (!stay.includes(key) && key < (stay.at(-1) ?? '')) await to.remove(key);
  });
}

/** Both sides are compared with the SHA-256 of the manifest. Returns how many bytes were written. */
async function copyFiles(source: Registry, to: ObjectStore, release: Release, verified: Set<string>): Promise<number> {
  let written = 0;
  for (const [name, { sha256 }] of Object.entries(release.files)) {
    if (verified.has(sha256)) continue;
    const key = keysOf(release.model).blob(sha256);
    const isThere = async () => {
      const there = await to.read(key);
      return there !== null && hash('sha256', there) === sha256;
    };
    if (!(await isThere())) {
      const bytes = await source.file(release, name);
      await to.put(key, bytes);
      if (!(await isThere()))
        throw new BrokenReleaseError(
          `${name} of release ${release.number} in ${to.place} is not what was written there`,
        );
      written += bytes.length;
    }
    verified.add(sha256);
  }
  return written;
}

/** For what never changes. False when it is there already. */
async function copyOnce(from: ObjectStore, to: ObjectStore, key: string): Promise<boolean> {
  const bytes = await from.read(key);
  // pruned meanwhile: the next pass sees the change that says so
  if (!bytes || (await to.create(key, bytes))) return bytes !== null;
  const there = await to.read(key);
  if (!there || !same(bytes, there))
    throw new RegistryConflictError(`${to.place} was changed by someone else meanwhile (${key})`);
  return false;
}

async function copyNewest(from: ObjectStore, to: ObjectStore, key: string): Promise<void> {
  const [ours, theirs] = await Promise.all([from.read(key), to.read(key)]);
  if (ours && !(theirs && same(ours, theirs))) await to.put(key, ours);
}

async function each<T>(of: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < of.length; at += WIDTH) await Promise.all(of.slice(at, at + WIDTH).map(work));
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const numberOf = (key: string, prefix: string) => Number.parseInt(key.slice(prefix.length), 10);
