import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

export type Machine = { cpu: string; cores: number; memoryGb: number; system: string; commit: string };

/** The machine and the commit of a result. `commit` ends in "+" when the checkout differs from it. */
export function describeMachine(root: string): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    commit: commitOf(root),
  };
}

function commitOf(root: string): string {
  try {
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return 'unknown';
  }
}
