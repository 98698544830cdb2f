import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '@coppice/serverkit';
import { aRow, idAt, openForTest } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachRow, RowBatch } from '../rows/row-batch.ts';
import { uuidBytes } from '../rows/uuid-v7.ts';
import { migrateSqlite, sqliteMigrations } from './sqlite-migrations.ts';

describe('the schema in SQLite', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'coppice-schema-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function database(name: string): DatabaseSync {
    mkdirSync(join(root, name), { recursive: true });
    return new DatabaseSync(join(root, name, 'coppice.db'));
  }
  const versionOf = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.user_version;

  it('is migrated from an older version with its rows', async () => {
    const DATA_DIR = join(root, 'older');
    const { record } = await openForTest({ DATA_DIR });
    record.append(aRow());
    await record.close();
    const db = database('older');
    migrateSqlite(db, [...sqliteMigrations, 'ALTER TABLE audit ADD COLUMN note TEXT', 'CREATE TABLE extra (x)']);
    expect(versionOf(db)).toBe(sqliteMigrations.length + 2);
    expect(db.prepare('SELECT count(*) AS n FROM prediction').get()?.n).toBe(1);
    db.close();
  });

  it('is migrated from version 3, whose rows have no names of their features, and takes new rows beside them', async () => {
    const db = database('three');
    migrateSqlite(db, sqliteMigrations.slice(0, 3));
    const [old, row] = [
      aRow({ id: idAt(Date.now() - 1000), features: [1, 'two', null] }),
      aRow({ features: [true, 'two', 3], columns: ['a', 'b', 'c'] }),
    ];
    const batch = RowBatch.for(old);
    batch.push(old, { origin: 0, route: 0, error: 0 });
    let data = Buffer.alloc(0);
    eachRow(batch, (encoded) => {
      data = Buffer.from(encoded.data);
    });
    db.prepare(
      "INSERT INTO kind (id, version, route, label, class) VALUES (1, 'v1', 'weighted', 1, 'versicolor')",
    ).run();
    db.prepare('INSERT INTO prediction (id, kind, data) VALUES (?, 1, ?)').run(uuidBytes(old.id), data);
    db.close();
    const { record } = await openForTest({ DATA_DIR: join(root, 'three') });
    record.append(row);
    await record.flush();
    expect(await record.find(old.id)).toMatchObject({ feature_names: null, features: [1, 'two', null] });
    expect(await record.find(row.id)).toMatchObject({ feature_names: ['a', 'b', 'c'], features: [true, 'two', 3] });
    await record.close();
    const view = database('three');
    const shown = view.prepare('SELECT feature_names, features FROM history ORDER BY prediction_id').all();
    view.close();
    expect(shown).toMatchObject([
      { feature_names: null, features: '[1.0,"two",null]' },
      { feature_names: '["a","b","c"]', features: '[true,"two",3.0]' },
    ]);
  });

  it('stays as it was when a migration fails', () => {
    const db = database('failing');
    migrateSqlite(db);
    const broken = [...sqliteMigrations, 'CREATE TABLE extra (x)', 'CREATE TABLE extra (x)'];
    expect(() => migrateSqlite(db, broken)).toThrow('already exists');
    expect(versionOf(db)).toBe(sqliteMigrations.length);
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'extra'").get()?.n).toBe(0);
    migrateSqlite(db);
    db.close();
  });

  it('of a newer Coppice stops the start with a line that says what to do', async () => {
    const db = database('newer');
    db.exec('PRAGMA user_version = 99');
    db.close();
    const opening = openForTest({ DATA_DIR: join(root, 'newer') });
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(
      `the record's database (${join(root, 'newer', 'coppice.db')}) cannot be used: its schema is version 99`,
    );
  });
});
