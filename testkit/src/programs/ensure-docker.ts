import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError } from './install-error.ts';
import { root, run } from './run-command.ts';

/** Sees to it that a Docker engine with Compose works and that these base images are there or can be pulled. */
export async function ensureDocker(images: string[]): Promise<void> {
  const works = () =>
    spawnSync('docker', ['compose', 'version']).status === 0 && spawnSync('docker', ['info']).status === 0;
  const missing = () => images.filter((image) => spawnSync('docker', ['image', 'inspect', image]).status !== 0);
  if (works() && missing().length === 0) return;
  const standIns = join(root, '../shared/tools/docker-ready');
  if (existsSync(standIns)) await run(standIns, images);
  if (!works()) throw new InstallError('no Docker engine with Compose v2 that works here: install both');
  for (const image of missing()) await run('docker', ['pull', '--quiet', image]);
}
