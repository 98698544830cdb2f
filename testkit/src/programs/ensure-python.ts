import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './ensure-program.ts';
import { InstallError } from './install-error.ts';

/**
 * Path of a Python that has these packages, in an environment of its own below `node_modules/.cache`, which later runs
 * use again. Throws `InstallError` that says what to install.
 */
export function ensurePython(name: string, packages: readonly string[]): string {
  ensureProgram('python3', { 'apt-get': 'python3-venv', dnf: 'python3', apk: 'python3' });
  const folder = join(process.cwd(), 'node_modules/.cache/coppice', `python-${name}`);
  const python = join(folder, 'bin/python');
  const run = (program: string, args: string[]) => execFileSync(program, args, { stdio: 'pipe', timeout: 600_000 });
  try {
    if (!existsSync(python)) {
      mkdirSync(folder, { recursive: true });
      run('python3', ['-m', 'venv', folder]);
    }
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new InstallError(`Python with ${packages.join(', ')} could not be installed: ${stderr ?? error}`);
  }
  return python;
}
