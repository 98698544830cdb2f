import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type ModelCard, modelCard, type SameRowsComparison } from '@coppice/contract';
import { formatCard } from '../card/format-card.ts';
import { DataError } from '../table/data-error.ts';

export type Artifact = {
  card: ModelCard;
  model: Uint8Array;
  /** Files of its report, by their names in the version's folder; none of an artifact of an earlier Coppice. */
  report?: ReadonlyMap<string, Uint8Array>;
  /** With the champion of then, on the same rows. */
  comparison?: Omit<SameRowsComparison, 'release'> | null;
};

const stagingPrefix = '.training-';

/**
 * Puts artifacts into `out`, one folder per version. Writes and syncs all of them in a staging folder before it renames
 * the first one into place; if a rename fails, it undoes those before. `out` must exist (`prepareOutput`) and is never
 * renamed itself: it may be a mount.
 */
export function publishArtifacts(out: string, artifacts: readonly Artifact[]): void {
  const staging = join(out, `${stagingPrefix}${hostname()}-${process.pid}`);
  try {
    for (const { card, model, report = new Map() } of artifacts) {
      const dir = join(staging, 'new', card.version);
      mkdirSync(dir, { recursive: true });
      writeSynced(join(dir, card.artifact.file), model);
      writeSynced(join(dir, 'model-card.json'), Buffer.from(formatCard(modelCard.parse(card))));
      for (const [name, bytes] of report) writeBelow(dir, name, bytes);
      syncDirectory(dir);
    }
    mkdirSync(join(staging, 'old'));
    syncDirectory(join(staging, 'new'));
    syncDirectory(staging);
    swapAll(
      out,
      staging,
      artifacts.map(({ card }) => card.version),
    );
    syncDirectory(out);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Makes sure, before a long training, that its result can be written. Throws `DataError` of one line. */
export function prepareOutput(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
    accessSync(out, constants.W_OK | constants.X_OK);
    recover(out);
  } catch (cause) {
    throw new DataError(`${out}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** Cleans up after a killed trainer: moves versions that it had set aside back, and deletes its staging folder. */
export function recover(out: string): void {
  if (!existsSync(out)) return;
  for (const name of readdirSync(out)) {
    if (!name.startsWith(stagingPrefix) || isInUse(out, name)) continue;
    const old = join(out, name, 'old');
    if (existsSync(old))
      for (const version of readdirSync(old))
        if (!existsSync(join(out, version))) renameSync(join(old, version), join(out, version));
    rmSync(join(out, name), { recursive: true, force: true });
  }
}

function swapAll(out: string, staging: string, versions: readonly string[]): void {
  const undo: (() => void)[] = [];
  const move = (from: string, to: string) => {
    renameSync(from, to);
    undo.unshift(() => renameSync(to, from));
  };
  try {
    for (const version of versions) {
      const place = join(out, version);
      if (existsSync(place)) move(place, join(staging, 'old', version));
      move(join(staging, 'new', version), place);
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
}

/** Whether another trainer may be using a staging folder: its process runs, or it is on another host and seconds old. */
function isInUse(out: string, name: string): boolean {
  const [, host, pid] = /^\.training-(.*)-(\d+)$/.exec(name) ?? [];
  if (host !== hostname()) return Date.now() - statSync(join(out, name)).mtimeMs < 10_000;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function writeBelow(dir: string, name: string, bytes: Uint8Array): void {
  const file = join(dir, name);
  mkdirSync(dirname(file), { recursive: true });
  writeSynced(file, bytes);
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'w', 0o644);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(dir: string): void {
  // Windows cannot sync a folder and refuses to open one
  if (process.platform === 'win32') return;
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
