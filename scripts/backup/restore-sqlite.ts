import { backup, DatabaseSync } from 'node:sqlite';
import { makePrivate } from '@coppice/serverkit';

/**
 * Replaces a database's content by that of `source`, in one transaction: programs that have it open continue with the new
 * content. Throws if `source` is corrupt, or if `target` stays locked for 10 s.
 */
export async function restoreSqlite(source: string, target: string): Promise<void> {
  const db = new DatabaseSync(source, { readOnly: true });
  try {
    const { quick_check: check } = db.prepare('PRAGMA quick_check').get() as { quick_check: string };
    if (check !== 'ok') throw new Error(`the backup is corrupt: ${check}`);
    makePrivate(target);
    const giveUp = Date.now() + 10_000;
    for (;;) {
      try {
        // all pages in one step, so that no reader sees half of it
        await backup(db, target, { rate: 2 ** 31 - 1 });
        return;
      } catch (error) {
        if (!/locked|busy/i.test((error as Error).message) || Date.now() > giveUp) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } finally {
    db.close();
  }
}
