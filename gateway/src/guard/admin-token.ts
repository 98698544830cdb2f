import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';

type Options = {
  dataDir: string;
  /** The token from the environment; then none is generated. */
  configured: string | undefined;
  /** Address of the page. */
  publicUrl: string;
  log: Pick<Logger, 'info' | 'warn'>;
};

/** The file in the data directory that holds a generated token. */
export const ADMIN_TOKEN_FILE = 'admin-token';

/**
 * The admin token: the configured one, else the one in the data directory, else a new one, which is stored there and
 * logged once with the address that uses it. A directory that cannot be written does not stop the start.
 */
export function openAdminToken({ dataDir, configured, publicUrl, log }: Options): string {
  if (configured !== undefined) return configured;
  const file = join(dataDir, ADMIN_TOKEN_FILE);
  try {
    const kept = keptToken(file);
    if (kept) {
      log.info({ file }, 'the admin token is in this file');
      return kept;
    }
    const made = newToken();
    keep(made, dataDir, file);
    log.info({ file }, `generated an admin token; to change weights open ${pageAddress(publicUrl, made)}`);
    return made;
  } catch (error) {
    const made = newToken();
    const address = pageAddress(publicUrl, made);
    log.warn(
      { err: error },
      `generated an admin token for this run only, since it cannot be written; to change weights open ${address}`,
    );
    return made;
  }
}

function keptToken(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written to another file and linked into place: a half-written or empty file never counts as a token. */
function keep(token: string, dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${token}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const newToken = () => randomBytes(24).toString('base64url');
const pageAddress = (publicUrl: string, token: string) => `${publicUrl}/#token=${token}`;
