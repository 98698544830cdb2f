import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registryPlace } from '@coppice/registry/registry-place';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Where the releases are: what `--registry` says, else `REGISTRY_URL`, else `registry` beside the artifacts, as `npm start` and
 * the trainer have it. Relative folders start at `cwd`.
 */
export function placeOfReleases(
  option: string | undefined,
  env: Record<string, string | undefined>,
  cwd: string,
): string {
  const artifacts = env.ARTIFACTS_DIR?.trim() || join(root, 'artifacts');
  return registryPlace(option ?? (env.REGISTRY_URL?.trim() || resolve(cwd, artifacts, 'registry')), cwd);
}
