import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { archiveMlflow, restoreMlflow } from './mlflow.ts';

let folder: string;
let dir: string;
let server: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-mlflow-'));
  dir = join(folder, 'server');
  mkdirSync(join(dir, 'artifacts/1'), { recursive: true });
  writeFileSync(join(dir, 'artifacts/1/model.onnx'), 'first');
  writeFileSync(join(dir, 'session-key'), 'key', { mode: 0o600 });
  server = new DatabaseSync(join(dir, 'mlflow.db'));
  server.exec("CREATE TABLE runs (id TEXT); INSERT INTO runs VALUES ('first')");
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

const runs = () =>
  server
    .prepare('SELECT id FROM runs')
    .all()
    .map(({ id }) => id);

it("brings a running server's runs and files back", async () => {
  server.exec("BEGIN; INSERT INTO runs VALUES ('under way')");
  expect(await archiveMlflow(dir, folder)).toEqual([]);
  server.exec("COMMIT; INSERT INTO runs VALUES ('second')");
  writeFileSync(join(dir, 'artifacts/1/model.onnx'), 'second');
  mkdirSync(join(dir, 'artifacts/2'));

  expect(await restoreMlflow(folder, dir)).toEqual([]);
  expect(runs()).toEqual(['first']);
  expect(readFileSync(join(dir, 'artifacts/1/model.onnx'), 'utf8')).toBe('first');
  expect(existsSync(join(dir, 'artifacts/2'))).toBe(false);
});

it('brings them to an empty folder, for its owner alone', async () => {
  await archiveMlflow(dir, folder);
  const empty = join(folder, 'empty');
  await restoreMlflow(folder, empty);
  const modes = ['', 'mlflow.db', 'session-key'].map((name) => statSync(join(empty, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  expect(readFileSync(join(empty, 'artifacts/1/model.onnx'), 'utf8')).toBe('first');
});

it('leaves a server alone without its state, and says what it cannot do', async () => {
  expect(await restoreMlflow(folder, dir)).toEqual([]);
  expect(runs()).toEqual(['first']);
  expect(await archiveMlflow(null, folder)).toEqual([]);
  expect(await archiveMlflow(join(folder, 'nothing'), folder)).toEqual([expect.stringContaining('has no mlflow.db')]);
  expect(await restoreMlflow(folder, null)).toEqual([expect.stringContaining('set MLFLOW_DIR')]);
});
