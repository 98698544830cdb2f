import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { expect, it, onTestFinished } from 'vitest';
import { backupSqlite } from './backup-sqlite.ts';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'coppice-backup-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('a backup taken while rows are written holds every row up to one moment, and can be opened in its place', async () => {
  const [from, to] = [directory(), directory()];
  const { record } = await openForTest({ DATA_DIR: from });
  const rows = Array.from({ length: 20_000 }, () => aRow());
  for (const row of rows) record.append(row);
  const mixed = { columns: ['plan', 'member', 'since', 'age'], features: ['größe', false, '2024-02-29', null] };
  const ofKinds = aRow(mixed);
  record.append(ofKinds);
  await record.flush();
  let writing = true;
  const writer = (async () => {
    while (writing) {
      record.append(aRow());
      await record.flush();
    }
  })();
  const steps: number[] = [];
  await backupSqlite(join(from, 'coppice.db'), join(to, 'coppice.db'), { onProgress: (copied) => steps.push(copied) });
  writing = false;
  await writer;
  await record.close();
  expect(readdirSync(to)).toEqual(['coppice.db']);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));

  const restored = await openForTest({ DATA_DIR: to });
  expect((await restored.record.find(rows.at(-1)?.id as string))?.features).toEqual([6.1, 2.8, 4.7, 1.2]);
  const { columns: feature_names, features } = mixed;
  expect(await restored.record.find(ofKinds.id)).toMatchObject({ feature_names, features });
  const [version] = (await restored.record.performance(Date.now() - 3_600_000, Date.now() + 60_000)).versions;
  await restored.record.close();
  const db = new DatabaseSync(join(to, 'coppice.db'));
  expect(version?.n).toBe(db.prepare('SELECT count(*) AS n FROM prediction').get()?.n);
  db.close();
});

it('a backup of a missing file fails and leaves nothing', async () => {
  const [from, to] = [directory(), directory()];
  await expect(backupSqlite(join(from, 'none.db'), join(to, 'copy.db'))).rejects.toThrow('no such database');
  expect(readdirSync(from)).toEqual([]);
  expect(readdirSync(to)).toEqual([]);
});
