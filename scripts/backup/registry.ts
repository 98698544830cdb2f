import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { inArchive } from './archive.ts';

/**
 * What a registry's folder of a model holds, in the order in which a copy takes it while others write: a change comes before
 * the releases that it names, and a release before its files, so that whatever the copy has of the first it has of the rest.
 */
export const copyOrder = ['changes', 'comparisons', 'releases', 'blobs'];

/** Puts the registry into the folder that becomes an archive. Returns lines about what a person should know. */
export async function archiveRegistry(registry: string, folder: string): Promise<string[]> {
  if (registry.startsWith('s3://')) return [inBucket(registry)];
  const to = join(folder, inArchive.registry);
  copyRegistry(registry, to);
  return brokenReleases(to);
}

/** Where an unpacked archive has a registry; undefined in one of before there were releases. */
export function archivedRegistry(folder: string): string | undefined {
  return [join(folder, inArchive.registry), join(folder, inArchive.artifacts, 'registry')].find(existsSync);
}

/** Puts an unpacked archive's registry into its place. Returns lines about what a person should know. */
export async function restoreRegistry(folder: string, registry: string): Promise<string[]> {
  const from = archivedRegistry(folder);
  if (from === undefined) return [withoutRegistry(registry)];
  if (registry.startsWith('s3://')) return [inBucket(registry)];
  replaceRegistry(from, registry);
  return brokenReleases(from);
}

export const inBucket = (registry: string) =>
  `the releases stay in ${registry}: the bucket's own versions of objects are their backup`;
export const withoutRegistry = (registry: string) =>
  `the archive has no releases: those in ${registry} stay as they are`;

/** Copies a registry into a new folder, while it may be written. Does nothing where there is none. */
function copyRegistry(registry: string, to: string): void {
  const from = registry.replace(/^file:\/\//, '');
  if (!existsSync(from)) return;
  for (const part of copyOrder)
    for (const model of modelsIn(from)) {
      if (!existsSync(join(from, model, part))) continue;
      mkdirSync(join(to, model), { recursive: true });
      // what is staged is no part of a release, and may be gone in a moment
      cpSync(join(from, model, part), join(to, model, part), {
        recursive: true,
        filter: (file) => !/[/\\]\.staged-/.test(file),
      });
    }
}

/** A line for each release whose files are missing or not those that were published, and for each broken state. */
export async function brokenReleases(registry: string): Promise<string[]> {
  if (!existsSync(registry)) return [];
  const found = await Promise.all(
    modelsIn(registry).map(async (model) => brokenOf(await openRegistry(registry, model))),
  );
  return found.flat().map((line) => `WARNING: ${line}`);
}

async function brokenOf(registry: Registry): Promise<string[]> {
  const lines: string[] = [];
  const check = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      lines.push((error as Error).message);
    }
  };
  await check(() => registry.current());
  await check(async () => {
    for (const release of await registry.releases())
      for (const name of Object.keys(release.files)) await check(() => registry.file(release, name));
  });
  return lines;
}

/** Puts the copy in the place of what is there; a registry is read and written by its path, so that readers go on. */
function replaceRegistry(from: string, registry: string): void {
  const to = registry.replace(/^file:\/\//, '');
  const [next, old] = [join(to, '.restored'), join(to, '.replaced')];
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(old, { recursive: true });
  cpSync(from, next, { recursive: true });
  // in one move: a reader takes what is half removed for an older state
  for (const model of modelsIn(to)) renameSync(join(to, model), join(old, model));
  for (const model of modelsIn(next)) renameSync(join(next, model), join(to, model));
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
}

const modelsIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !name.startsWith('.') && statSync(join(folder, name)).isDirectory());
