import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePython } from '@coppice/testkit/programs/ensure-python';
import { readRequirements } from './read-requirements.ts';

/**
 * The path of a DVC of version 3: the one on the `PATH`, else one in node_modules/.cache, installed at the first use. Throws
 * `InstallError` without Python.
 */
export async function ensureDvc(root: string, env: Record<string, string | undefined>): Promise<string> {
  const { stdout, status } = spawnSync('dvc', ['--version'], { env, encoding: 'utf8' });
  if (status === 0 && /^3\./.test(stdout.trim())) return 'dvc';
  return join(await ensurePython(readRequirements(join(root, 'pipeline/requirements.txt'))), 'dvc');
}
