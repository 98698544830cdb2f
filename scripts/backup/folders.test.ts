import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { backUpFolders, type Folders, foldersOf, restoreFolders } from './folders.ts';

let at: Folders & { file: string };

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-restore-'));
  const artifacts = join(folder, 'artifacts');
  at = {
    dataDir: join(folder, 'data'),
    artifacts,
    registry: join(artifacts, 'registry'),
    mlflow: null,
    file: join(folder, 'backup.tar.gz'),
  };
  mkdirSync(join(at.artifacts, 'v1'), { recursive: true });
  writeFileSync(join(at.artifacts, 'v1/model.onnx'), 'first');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

it('restores every row, the token and the models, while the record is in use', async () => {
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  onTestFinished(() => record.close());
  writeFileSync(join(at.dataDir, 'admin-token'), 'secret', { mode: 0o600 });
  for (let n = 0; n < 499; n += 1) record.append(aRow());
  const mixed = { columns: ['plan', 'member', 'age'], features: ['basic', true, null] };
  const ofKinds = aRow(mixed);
  record.append(ofKinds);
  await record.flush();
  const before = rowsOf(at.dataDir);

  expect(await backUpFolders(at, at.file)).toEqual({ rows: 500, notes: [] });
  expect(statSync(at.file).mode & 0o777).toBe(0o600);
  for (let n = 0; n < 100; n += 1) record.append(aRow());
  await record.flush();
  writeFileSync(join(at.artifacts, 'v1/model.onnx'), 'second');
  writeFileSync(join(at.dataDir, 'admin-token'), 'another');
  expect(rowsOf(at.dataDir)).toHaveLength(600);

  await restoreFolders(at, at.file);
  expect(rowsOf(at.dataDir)).toEqual(before);
  expect(await record.find(ofKinds.id)).toMatchObject({ feature_names: mixed.columns, features: mixed.features });
  expect(readFileSync(join(at.artifacts, 'v1/model.onnx'), 'utf8')).toBe('first');
  expect(readFileSync(join(at.dataDir, 'admin-token'), 'utf8')).toBe('secret');

  const after = aRow();
  record.append(after);
  await record.flush();
  expect((await record.find(after.id))?.prediction_id).toBe(after.id);
  expect(rowsOf(at.dataDir)).toHaveLength(501);
});

it('restores into an empty place', async () => {
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  record.append(aRow());
  await record.close();
  const before = rowsOf(at.dataDir);
  await backUpFolders(at, at.file);
  const elsewhere = placesBeside(at);
  await restoreFolders(elsewhere, at.file);
  expect(rowsOf(elsewhere.dataDir)).toEqual(before);
  expect(existsSync(join(elsewhere.artifacts, 'v1/model.onnx'))).toBe(true);
});

it('what it restores belongs to its owner alone, and what it replaces too', async () => {
  const before = process.umask(0o022);
  onTestFinished(() => void process.umask(before));
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  record.append(aRow());
  await record.close();
  writeFileSync(join(at.dataDir, 'admin-token'), 'secret');
  await backUpFolders(at, at.file);
  chmodSync(join(at.dataDir, 'coppice.db'), 0o644);
  const fresh = placesBeside(at);
  for (const to of [at, fresh]) {
    await restoreFolders(to, at.file);
    for (const name of ['coppice.db', 'admin-token'])
      expect(statSync(join(to.dataDir, name)).mode & 0o777, name).toBe(0o600);
  }
  expect(statSync(fresh.dataDir).mode & 0o777).toBe(0o700);
});

it('backs up models that are links as plain files', async () => {
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  await record.close();
  renameSync(join(at.artifacts, 'v1'), join(at.artifacts, '../elsewhere'));
  symlinkSync('../elsewhere', join(at.artifacts, 'v1'));
  await backUpFolders(at, at.file);
  await restoreFolders(at, at.file);
  expect(lstatSync(join(at.artifacts, 'v1')).isDirectory()).toBe(true);
  expect(readFileSync(join(at.artifacts, 'v1/model.onnx'), 'utf8')).toBe('first');
});

it.each([
  ['no such file', undefined],
  ['is not an archive', 'text'],
])('changes nothing when %s', async (message, content) => {
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  record.append(aRow());
  await record.close();
  if (content) writeFileSync(at.file, content);
  await expect(restoreFolders(at, at.file)).rejects.toThrow(message);
  expect(rowsOf(at.dataDir)).toHaveLength(1);
});

it('says what to do about a record in PostgreSQL', () => {
  expect(() => foldersOf({ DATABASE_URL: 'postgres://db' })).toThrow('use pg_dump');
});

function placesBeside({ dataDir, artifacts }: Folders): Folders {
  const elsewhere = `${artifacts}-new`;
  return { dataDir: `${dataDir}-new`, artifacts: elsewhere, registry: join(elsewhere, 'registry'), mlflow: null };
}

function rowsOf(dataDir: string): unknown[] {
  const db = new DatabaseSync(join(dataDir, 'coppice.db'), { readOnly: true });
  try {
    return db.prepare('SELECT * FROM prediction ORDER BY id').all();
  } finally {
    db.close();
  }
}
