import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstallError } from './install-error.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { root } from './run-command.ts';

const run = promisify(execFile);
const VERSION = 'v4.3.1';
const MODULE = 'helm.sh/helm/v4';

/** The path of Helm (https://helm.sh), which Go builds at the first use. Throws `InstallError` without Go. */
export async function ensureHelm(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/helm');
  const program = join(folder, `helm-${VERSION}`);
  if (existsSync(program)) return program;
  return oneAtATime(join(folder, 'lock'), async () => {
    if (!existsSync(program)) await build(folder, program);
    return program;
  });
}

async function build(folder: string, program: string): Promise<void> {
  const staged = join(folder, randomUUID());
  mkdirSync(staged, { recursive: true });
  console.error(`building Helm ${VERSION} …`);
  const flags = `-s -w -X ${MODULE}/internal/version.version=${VERSION}`;
  try {
    await run('go', ['install', '-trimpath', '-ldflags', flags, `${MODULE}/cmd/helm@${VERSION}`], {
      env: { ...process.env, GOBIN: staged, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
      timeout: 1_800_000,
    });
    renameSync(join(staged, 'helm'), program);
  } catch (cause) {
    throw new InstallError('Helm could not be built: the tests of the chart need Go (https://go.dev/dl)', { cause });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}
