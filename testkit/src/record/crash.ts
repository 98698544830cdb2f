import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { uuidBytes, uuidText, uuidTime } from '@coppice/gateway/storage/rows/uuid-v7';

export type Crash = {
  appended: number;
  /** Rows of this run that the database does not have. */
  lost: number;
  /** Milliseconds from the oldest lost row to the kill; 0 when none is lost. */
  lostMs: number;
  /** Milliseconds of the longest pause between appended rows: what a busy machine takes from the process. */
  pauseMs: number;
  /** True when only the newest rows are lost, none between others. */
  onlyNewest: boolean;
  integrity: string;
};

/** The program that writes until it is killed. */
export const crashWriter = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

/** Runs a writer on DATA_DIR, kills it with SIGKILL once it has appended `rows` rows, and examines the database. */
export async function crashUnderLoad(dataDir: string, { rows, rate }: { rows: number; rate: number }): Promise<Crash> {
  const child = spawn(process.execPath, [crashWriter], {
    env: { ...process.env, DATA_DIR: dataDir, RATE: String(rate) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.length / 37 >= rows) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const ids = printed.split('\n').filter((id) => id.length === 36);

  const db = new DatabaseSync(`${dataDir}/coppice.db`);
  const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  const stored = new Set(
    (db.prepare('SELECT id FROM prediction').all() as { id: Uint8Array }[]).map(({ id }) => uuidText(id)),
  );
  db.close();
  const firstLost = ids.findIndex((id) => !stored.has(id));
  const lost = ids.filter((id) => !stored.has(id)).length;
  const timeOf = (id: string | undefined) => uuidTime(uuidBytes(id as string));
  return {
    appended: ids.length,
    lost,
    lostMs: lost === 0 ? 0 : timeOf(ids.at(-1)) - timeOf(ids[firstLost]),
    pauseMs: Math.max(...ids.slice(1).map((id, i) => timeOf(id) - timeOf(ids[i]))),
    onlyNewest: lost === 0 || firstLost + lost === ids.length,
    integrity,
  };
}
