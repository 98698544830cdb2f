import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageManagers } from '../../scripts/setup/package-managers.ts';
import { runQuietly } from '../../scripts/setup/run-step.ts';
import { SetupError } from '../../scripts/setup/setup-error.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export type Env = Record<string, string | undefined>;

/** Runs a command to its end and gives what it wrote to both outputs. Throws with all of that unless its status is 0. */
export async function run(command: string, args: string[], env: Env = {}, cwd = root): Promise<string> {
  const { status, output } = await attempt(command, args, env, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`);
  return output;
}

/** As `run`, but any status is an answer. */
export function attempt(
  command: string,
  args: string[],
  env: Env = {},
  cwd = root,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

type Packages = Record<'apt-get' | 'dnf' | 'apk', string>;

/** Sees to it that a program is on PATH, by the system's package manager where it is missing. Throws `SetupError` when it cannot be had. */
export function ensureProgram(program: string, packages: Packages): void {
  if (has(program)) return;
  for (const { by, script } of packageManagers(packages)) {
    console.error(`test:infra: installing ${program} by ${by} …`);
    runQuietly('sh', ['-c', script]);
    if (has(program)) return;
  }
  throw new SetupError(`${program} is missing and could not be installed: install the package ${packages['apt-get']}`);
}

export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Sees to it that a Docker engine with Compose works and that these base images are there or can be pulled. */
export async function ensureDocker(images: string[]): Promise<void> {
  const works = () =>
    spawnSync('docker', ['compose', 'version']).status === 0 && spawnSync('docker', ['info']).status === 0;
  const missing = () => images.filter((image) => spawnSync('docker', ['image', 'inspect', image]).status !== 0);
  if (works() && missing().length === 0) return;
  const standIns = join(root, '../shared/tools/docker-ready');
  if (existsSync(standIns)) await run(standIns, images);
  if (!works()) throw new SetupError('no Docker engine with Compose v2 that works here: install both');
  for (const image of missing()) await run('docker', ['pull', '--quiet', image]);
}

/** Ports that are free now. */
export async function freePorts(count: number): Promise<string[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
