import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The commit that a Git repository around this folder has checked out; null without one. It needs no git program. */
export function headCommit(folder: string): string | null {
  const git = findGit(folder);
  if (git === null) return null;
  const head = read(join(git, 'HEAD'));
  const [, ref] = /^ref: (.+)$/.exec(head) ?? [];
  if (ref === undefined) return hashOf(head);
  // a worktree keeps its branches in the repository that it belongs to
  const common = read(join(git, 'commondir'));
  const places = common === '' ? [git] : [git, join(git, common)];
  for (const place of places) {
    const packed = read(join(place, 'packed-refs')).split('\n');
    const found =
      hashOf(read(join(place, ref))) ?? hashOf(packed.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0] ?? '');
    if (found !== null) return found;
  }
  return null;
}

function findGit(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    const found = statSync(git, { throwIfNoEntry: false });
    if (found?.isDirectory()) return git;
    const [, elsewhere] = /^gitdir: (.+)$/.exec(found ? read(git) : '') ?? [];
    if (elsewhere !== undefined) return elsewhere;
    if (at === dirname(at)) return null;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

const hashOf = (text: string) => (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null);
