import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';

/** By this address Prometheus reaches the service in Compose's network. */
const ADDRESS = 'retrainer:8090';

/** Gives Prometheus this server's address while it runs. Returns what takes it back; a folder that cannot be written stops nothing. */
export function announceTarget(folder: string | null, log: Pick<Logger, 'warn'>): () => void {
  if (folder === null) return () => {};
  const file = join(folder, 'retrainer.json');
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify([{ targets: [ADDRESS] }])}\n`);
    renameSync(`${file}.new`, file);
  } catch (err) {
    log.warn({ err }, 'Prometheus does not get the address of this server');
  }
  return () => rmSync(file, { force: true });
}
