import { spawnSync } from 'node:child_process';

const installers = {
  'apt-get': (name: string) =>
    `export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends ${name}`,
  dnf: (name: string) => `dnf install -y -q ${name}`,
  apk: (name: string) => `apk add --quiet ${name}`,
};

/** Shell scripts that install a package by each package manager found here; none without root's rights. */
export function packageManagers(names: Record<keyof typeof installers, string>): { by: string; script: string }[] {
  if (process.getuid?.() !== 0) return [];
  return (Object.keys(installers) as (keyof typeof installers)[])
    .filter((by) => spawnSync('sh', ['-c', `command -v ${by}`]).status === 0)
    .map((by) => ({ by, script: installers[by](names[by]) }));
}
