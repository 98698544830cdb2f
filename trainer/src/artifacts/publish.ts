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
import { join } from 'node:path';
import { type ModelCard, modelCard } from '@coppice/contract';
import { formatCard } from '../card/format-card.ts';
import { DataError } from '../table/data-error.ts';

export type Artifact = { card: ModelCard; model: Uint8Array };

const stagingPrefix = '.training-';

/**
 * Puts artifacts into `out`, one folder per version. All are written and synced aside before the first of them is
 * renamed into place; if a rename fails, those already done are undone. `out` must exist (`prepareOutput`) and is never renamed itself: it may be a mount.
 */
export function publishArtifacts(out: string, artifacts: readonly Artifact[]): void {
  const staging = join(out, `${stagingPrefix}${hostname()}-${process.pid}`);
  try {
    for (const { card, model } of artifacts) {
      const dir = join(staging, 'new', card.version);
      mkdirSync(dir, { recursive: true });
      writeSynced(join(dir, card.artifact.file), model);
      writeSynced(join(dir, 'model-card.json'), Buffer.from(formatCard(modelCard.parse(card))));
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
    throw new DataError(`${out}: cannot be written to (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** Finishes what a trainer that was killed half-way left: a version it had set aside goes back, its staging goes. */
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

/** Whether another trainer may be at work in a staging folder: its process lives, or on another host it is seconds old. */
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
  // Windows has no such thing and refuses to open a folder
  if (process.platform === 'win32') return;
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
