import { spawnSync } from 'node:child_process';
import { InstallError } from './install-error.ts';
import { packageManagers } from './package-managers.ts';
import { runQuietly } from './run-quietly.ts';

type Packages = Record<'apt-get' | 'dnf' | 'apk', string>;

/** Sees to it that a program is on PATH, by the system's package manager where it is missing. Throws `InstallError` when it cannot be had. */
export function ensureProgram(program: string, packages: Packages): void {
  if (has(program)) return;
  for (const { by, script } of packageManagers(packages)) {
    console.error(`test:infra: installing ${program} by ${by} …`);
    runQuietly('sh', ['-c', script]);
    if (has(program)) return;
  }
  throw new InstallError(
    `${program} is missing and could not be installed: install the package ${packages['apt-get']}`,
  );
}

export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
