import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findChromium } from './chromium.ts';
import { InstallError } from './install-error.ts';
import { packageManagers } from './package-managers.ts';
import { runQuietly } from './run-quietly.ts';

/** Sees to it that the tests have a Chromium that runs; installs one where there is none. Throws `InstallError` when nothing works. */
export function ensureChromium(root: string, env: Record<string, string | undefined> = process.env): void {
  if (env.CHROMIUM_PATH && !findChromium(env))
    throw new InstallError(`CHROMIUM_PATH=${env.CHROMIUM_PATH} is not a program that can be run`);
  if (runs(findChromium(env))) return;
  // a package brings its libraries along; Playwright's download may lack some on a bare server
  const attempts = [...packages(), playwright(root)];
  const tried: string[] = [];
  for (const { by, command, args } of attempts) {
    console.error(`setup: installing Chromium for the browser tests by ${by} …`);
    const trouble = runQuietly(command, args);
    if (runs(findChromium(env))) return;
    tried.push(`${by} (${trouble})`);
  }
  throw new InstallError(
    `no Chromium that runs, and none could be installed by ${tried.join(' or ')}: install one and set CHROMIUM_PATH`,
  );
}

function packages() {
  const managers = packageManagers({ 'apt-get': 'chromium', dnf: 'chromium', apk: 'chromium' });
  return managers.map(({ by, script }) => ({ by, command: 'sh', args: ['-c', script] }));
}

function playwright(root: string) {
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  return { by: "Playwright's download", command: process.execPath, args: [cli, 'install', 'chromium', '--no-shell'] };
}

function runs(program: string | undefined): boolean {
  return program !== undefined && spawnSync(program, ['--version'], { timeout: 20_000 }).status === 0;
}
