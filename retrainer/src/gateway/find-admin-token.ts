import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envSecret } from '@coppice/serverkit';

/** The gateway's admin token: `ADMIN_TOKEN`, `ADMIN_TOKEN_FILE`, or the file that the gateway keeps in its data folder. */
export function findAdminToken(env: Record<string, string | undefined>): string | undefined {
  const configured = envSecret(env, 'ADMIN_TOKEN');
  if (configured) return configured;
  try {
    return readFileSync(join(env.DATA_DIR?.trim() || 'data', 'admin-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
