import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '@coppice/serverkit';
import type { Lab } from '../lab/lab.ts';
import type { Checkout } from './coppice.ts';

const execFileAsync = promisify(execFile);

/**
 * Checks a commit out into the lab's folder and installs its packages and the Node that it pins, until the lab closes. Throws `ConfigError` when `repository` does not have the commit.
 */
export async function openOldCheckout(
  lab: Lab,
  repository: string,
  ref: string,
): Promise<Checkout & { commit: string }> {
  const git = async (...args: string[]) => (await execFileAsync('git', ['-C', repository, ...args])).stdout.trim();
  const commit = await git('rev-parse', '--verify', '--quiet', '--short', '--end-of-options', `${ref}^{commit}`).catch(
    (cause) => {
      throw new ConfigError(`--against ${ref} is not allowed: it is no commit of this repository`, { cause });
    },
  );
  const root = join(lab.folder, 'against');
  lab.atClose(async () => {
    // forced twice: a worktree that is still being added is locked; none may be there yet
    await git('worktree', 'remove', '--force', '--force', root).catch(() => {});
    if ((await git('worktree', 'list', '--porcelain')).includes(root))
      throw new Error(`git worktree remove could not take ${root} away`);
  });
  await lab.run('git', ['-C', repository, 'worktree', 'add', '--detach', root, commit], { cwd: repository });
  const [npm, ...npmArgs] = npmCommand();
  // the packages of its images, and the pinned Node, which is an optional dependency
  const ci = ['ci', '--prefix', root, '--omit=dev', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error'];
  await lab.run(npm, [...npmArgs, ...ci], { cwd: root });
  const node = join(root, 'node_modules/.bin/node');
  return { root, node: existsSync(node) ? node : process.execPath, commit };
}

/** The npm that started this process, or the one on PATH. */
function npmCommand(): [string, ...string[]] {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, script] : ['npm'];
}
