import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_TOKEN_FILE } from '@coppice/gateway/guard/admin-token';
import { envSecret } from '@coppice/serverkit';

/**
 * The admin token, for a terminal on the gateway's machine: `ADMIN_TOKEN`, `ADMIN_TOKEN_FILE`, or the file in the
 * gateway's data directory (`DATA_DIR`, else `./data` as for `npm start`). Undefined when there is none.
 */
export function findAdminToken(env: Record<string, string | undefined>): string | undefined {
  const configured = envSecret(env, 'ADMIN_TOKEN');
  if (configured) return configured;
  try {
    return readFileSync(join(env.DATA_DIR?.trim() || 'data', ADMIN_TOKEN_FILE), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
