import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '@coppice/serverkit';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('is brought up from an older version with its rows', async () => {
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

  it('of a newer Coppice stops the start with one line that says what to do', async () => {
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
