import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { expect, it, onTestFinished } from 'vitest';

async function setUp() {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-stop-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const { record } = await openForTest({ DATA_DIR });
  for (let i = 0; i < 3000; i++) record.append(aRow());
  await record.flush();
  const file = join(DATA_DIR, 'coppice.db');
  return { record, file, wal: () => (existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0) };
}

it('after a clean stop the database is one file that holds everything', async () => {
  const { record, file, wal } = await setUp();
  // so that the reading connection is open, too
  await record.history({ limit: 1 });
  expect(wal()).toBeGreaterThan(0);
  await record.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
  expect(existsSync(`${file}-shm`)).toBe(false);
  expect(statSync(file).size).toBeGreaterThan(3000 * 100);
});

it('also while another program has the file open', async () => {
  const { record, file, wal } = await setUp();
  const other = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => other.close());
  expect(other.prepare('SELECT count(*) AS n FROM prediction').get()?.n).toBe(3000);
  await record.close();
  expect(wal()).toBe(0);
  expect(statSync(file).size).toBeGreaterThan(3000 * 100);
});
