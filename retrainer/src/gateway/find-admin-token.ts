import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envSecret } from '@coppice/serverkit';

const usualData = fileURLToPath(new URL('../../../data', import.meta.url));

/**
 * The gateway's admin token: `ADMIN_TOKEN`, `ADMIN_TOKEN_FILE`, or the file in its data folder: `DATA_DIR`, which starts at `cwd` if
 * it is relative, else that of `npm start`. Undefined when there is none.
 */
export function findAdminToken(env: Record<string, string | undefined>, cwd: string): string | undefined {
  const configured = envSecret(env, 'ADMIN_TOKEN');
  if (configured) return configured;
  try {
    return readFileSync(resolve(cwd, env.DATA_DIR?.trim() || usualData, 'admin-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
