import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram, has } from '@coppice/testkit/programs/ensure-program';
import { InstallError } from '@coppice/testkit/programs/install-error';
import { attempt, root } from '@coppice/testkit/programs/run-command';

const module = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7';

/** Path of actionlint: the one on PATH, or one that Go installs beside the packages. Throws `InstallError` when it cannot be had. */
export async function findActionlint(): Promise<string> {
  if (has('actionlint')) return 'actionlint';
  const folder = join(root, 'node_modules/.cache/coppice/bin');
  const program = join(folder, 'actionlint');
  if (existsSync(program)) return program;
  const go = existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : 'go';
  if (go === 'go') ensureProgram('go', { 'apt-get': 'golang-go', dnf: 'golang', apk: 'go' });
  mkdirSync(folder, { recursive: true });
  const { status, output } = await attempt(go, ['install', module], { GOBIN: folder, GOTOOLCHAIN: 'auto' });
  if (status !== 0) throw new InstallError(`actionlint is missing and Go could not install it: ${output.trim()}`);
  return program;
}
