import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstallError } from './install-error.ts';
import { root } from './run-command.ts';

const run = promisify(execFile);
const VERSION = 'v0.2.89';
const MODULE = 'github.com/nektos/act';

/** The path of act, which runs GitHub's workflows here (https://github.com/nektos/act); Go builds it at the first use. Throws `InstallError` without Go. */
export async function ensureAct(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/act');
  const program = join(folder, `act-${VERSION}`);
  if (existsSync(program)) return program;
  const staged = join(folder, randomUUID());
  mkdirSync(staged, { recursive: true });
  console.error(`building act ${VERSION} …`);
  try {
    await run('go', ['install', '-trimpath', '-ldflags', '-s -w', `${MODULE}@${VERSION}`], {
      env: { ...process.env, GOBIN: staged, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
      timeout: 900_000,
    });
    renameSync(join(staged, 'act'), program);
  } catch (cause) {
    throw new InstallError('act could not be built: the tests of the workflows need Go (https://go.dev/dl)', { cause });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
  return program;
}
