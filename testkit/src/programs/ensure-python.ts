import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError } from './install-error.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { attempt, root } from './run-command.ts';

const cache = join(root, 'node_modules/.cache/python');
const UV = 'uv==0.13.9';

/**
 * The folder of the programs of a virtual environment that has these packages of PyPI; makes it unless it is in the
 * cache (minutes, and a gigabyte or two). Throws `InstallError` if Python or pip fail, or take over `seconds`.
 */
export async function ensurePython(packages: readonly string[], { seconds = 600 } = {}): Promise<string> {
  const key = createHash('sha256')
    .update([...packages].sort().join(' '))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, key);
  const bin = join(folder, 'bin');
  const complete = join(folder, 'complete');
  // of suites that run at once, one installs
  if (!existsSync(complete)) await oneAtATime(join(cache, 'lock'), () => install(folder, packages, seconds));
  return bin;
}

async function install(folder: string, packages: readonly string[], seconds: number): Promise<void> {
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return;
  const start = performance.now();
  console.error(
    `setup: installing ${packages.length > 5 ? `${packages.length} packages` : packages.join(', ')} for Python …`,
  );
  // what an interrupted run left behind
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bounded('python3', ['-m', 'venv', folder], seconds);
  const uv = await ensureUv(seconds);
  await bounded(uv, ['pip', 'install', '--quiet', '--python', join(folder, 'bin/python'), ...packages], seconds);
  writeFileSync(complete, packages.join('\n'));
  console.error(`setup: Python packages installed in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** uv installs what pip does in a tenth of its processor time: https://docs.astral.sh/uv/pip/compatibility */
async function ensureUv(seconds: number): Promise<string> {
  const folder = join(cache, UV);
  const program = join(folder, 'bin/uv');
  if (existsSync(program)) return program;
  const staged = join(cache, randomUUID());
  await bounded('python3', ['-m', 'venv', staged], seconds);
  await bounded(join(staged, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', UV], seconds);
  renameSync(staged, folder);
  return program;
}

async function bounded(command: string, args: string[], seconds: number): Promise<void> {
  const { status, output } = await attempt('timeout', [String(seconds), command, ...args]);
  if (status === 0) return;
  const why = status === 124 ? `took over ${seconds} s` : (output.trim().split('\n').at(-1) ?? `status ${status}`);
  throw new InstallError(`${command} ${args.join(' ')}: ${why}; Python 3.10 to 3.12 with venv is needed`);
}
