import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_TOKEN_FILE } from '@coppice/gateway/guard/admin-token';
import { envSecret } from '@coppice/serverkit';

/**
 * The admin token as a terminal beside the gateway can know it: `ADMIN_TOKEN`, `ADMIN_TOKEN_FILE`, or the file that the
 * gateway keeps in its data directory (`DATA_DIR`, else `./data` as `npm start` has it). Undefined when there is none.
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
