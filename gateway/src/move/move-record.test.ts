import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import {
  aRow,
  CHANGE,
  collect,
  idAt,
  type OpenedForTest,
  openForTest,
  type Settings,
  stateAt,
} from '@coppice/testkit/record/databases';
import { keptVolume, restoreKeptVolume } from '@coppice/testkit/record/kept-volume';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IntentFile } from '../storage/intent-file.ts';
import type { Epoch } from '../storage/port/epoch.ts';
import { DatabaseInUseError } from '../storage/port/errors.ts';
import { MoveRefusedError, moveRecord } from './move-record.ts';

const retention = { maxRows: 10_000_000, maxDays: 36_500 };
const T0 = Date.now() - 60_000;
const epochOf = (period: number): Epoch => ({ period, weights: { v1: 90, v2: 10 }, releases: { v1: 'a', v2: 'b' } });

let server: ThrowawayPostgres;
let n = 0;
beforeAll(async () => {
  server = await startThrowawayPostgres();
});
afterAll(() => server.stop());

let folder: string;
let sqlite: Settings;
let postgres: { DATABASE_URL: string };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-move-'));
  sqlite = { DATA_DIR: folder };
  postgres = { DATABASE_URL: await server.createDatabase(`move_${n++}`) };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const move = () => moveRecord({ from: join(folder, 'coppice.db'), to: postgres.DATABASE_URL });
const open = (settings: Settings) => openForTest(settings, { config: { retention } });

type Cell = { version: string; metric: string; against: string };
const keyOf = ({ version, metric, against }: Cell) => `${version} ${metric} ${against}`;
const byKey = (a: Cell, b: Cell) => keyOf(a).localeCompare(keyOf(b));

/** All that can be asked of a record. */
async function everythingOf(opened: OpenedForTest) {
  const [since, until] = [0, Date.now() + 1];
  return {
    lines: await collect(opened.record.exportAs('csv', {})),
    performance: await opened.record.performance(since, until),
    epochs: (await opened.epochs()).map((epoch) => ({ ...epoch, cells: epoch.cells.toSorted(byKey) })),
    control: await opened.control.load(),
    audit: await opened.control.audit(100),
    documents: await opened.documents.call('documents', 'list', ['replay', 10]),
  };
}

describe('a record moves from SQLite to PostgreSQL', () => {
  it('with every kind of value, its feedback, cells, documents, weights and audit', async () => {
    const old = await open(sqlite);
    const texts = ['plain', '', 'a "quoted" one, {braces}\\', 'Zoë 🌲', null, true, false, -0, 5e-324, 1.7e308];
    for (let i = 0; i < 300; i++)
      old.record.append(
        aRow({
          ...{
            id: idAt(T0 + i),
            time: T0 + i,
            bucket: i % 64,
            epoch: i < 100 ? epochOf(1) : i < 200 ? epochOf(2) : null,
          },
          ...(i % 3 === 0 ? { version: 'v2', assigned: i % 2 ? 'v1' : 'v2', release: 'b' } : {}),
          ...(i % 5 === 0
            ? { columns: ['a', 'b', 'c'], features: [texts[i % 10] ?? null, i, texts[(i + 3) % 10] ?? null] }
            : {}),
          ...(i % 7 === 0 ? { label: -1, error: 'timeout', probability: null } : {}),
          ...(i % 11 === 0 ? { reference: `order-${i}`, userHash: 'cafecafecafecafe' } : {}),
          source: i % 13 === 0 ? 'page' : 'api',
        }),
      );
    await old.record.flush();
    await old.record.addFeedback([
      { reference: 'order-11', actual: 'virginica' },
      { reference: 'order-22', outcome: 12.5 },
    ]);
    old.record.addShadowAnswer({ id: idAt(T0), version: 'v2', class: 'setosa' });
    await old.control.save(stateAt(1), CHANGE);
    await old.control.save(stateAt(2), CHANGE);
    await old.documents.call('documents', 'put', ['replay', 'one', { rows: 3 }]);
    const before = await everythingOf(old);
    await old.record.close();

    expect(await move()).toMatchObject({ prediction: 300, feedback: 2, audit: 2, control: 1, document: 1, epoch: 2 });
    const moved = await open(postgres);
    const after = await everythingOf(moved);
    expect(after.lines.split('\r\n')).toEqual(before.lines.split('\r\n'));
    expect(after).toEqual(before);

    // and it goes on: numbers follow those that were moved
    moved.record.append(aRow({ epoch: epochOf(3), version: 'v3', columns: ['new'], features: [1] }));
    await moved.record.flush();
    await moved.control.save(stateAt(3), CHANGE);
    expect((await moved.epochs()).length).toBe(before.epochs.length + 1);
    expect((await moved.control.audit(10)).map(({ id }) => id)).toEqual([3, 2, 1]);
    await moved.record.close();
  });

  it('from the volume of an earlier Coppice', async () => {
    await restoreKeptVolume(sqlite, 20_000);
    expect(await move()).toMatchObject({ prediction: 20_000 });
    const moved = await open(postgres);
    const { since, until, control } = keptVolume;
    expect(await moved.control.load()).toMatchObject({ revision: control.revision, weights: control.weights });
    const report = await moved.record.performance(since, until);
    await moved.record.close();
    const old = await open(sqlite);
    expect(report).toEqual(await old.record.performance(since, until));
    await old.record.close();
  });

  it('with the weights that only the file beside the database has', async () => {
    const old = await open(sqlite);
    await old.control.save(stateAt(1), CHANGE);
    await old.record.close();
    await new IntentFile(join(folder, 'coppice.db')).write(stateAt(5));
    await move();
    const moved = await open(postgres);
    expect((await moved.control.load())?.revision).toBe(5);
    await moved.record.close();
  });
});

describe('nothing is moved', () => {
  const filled = async (settings: Settings) => {
    const opened = await open(settings);
    opened.record.append(aRow());
    await opened.record.flush();
    return opened;
  };

  it('while a gateway has the file', async () => {
    const running = await filled(sqlite);
    await expect(move()).rejects.toThrow(DatabaseInUseError);
    await running.record.close();
  });

  it('into a database that has a record, or that a gateway uses', async () => {
    await (await filled(sqlite)).record.close();
    const running = await open(postgres);
    await expect(move()).rejects.toThrow('a gateway uses the database');
    await running.record.close();
    await (await filled(postgres)).record.close();
    await expect(move()).rejects.toThrow('has a record already (rows in feature_names)');
    const kept = await open(postgres);
    expect((await kept.record.history({ limit: 10 })).predictions.length).toBe(1);
    await kept.record.close();
  });

  it('into a database that a gateway of an older Coppice uses, whose tables stay as they are', async () => {
    await (await filled(sqlite)).record.close();
    const older = new pg.Client({ connectionString: postgres.DATABASE_URL, application_name: 'coppice' });
    await older.connect();
    await expect(move()).rejects.toThrow('a gateway uses the database');
    const { rows } = await older.query(`SELECT to_regnamespace('coppice') AS schema`);
    expect(rows).toEqual([{ schema: null }]);
    await older.end();
  });

  it('from the file or into the database of a newer Coppice, in one line', async () => {
    await (await open(postgres)).record.close();
    const newer = new pg.Client({ connectionString: postgres.DATABASE_URL });
    await newer.connect();
    await newer.query('UPDATE coppice.schema_version SET version = 999');
    await newer.end();
    await (await filled(sqlite)).record.close();
    const into = (await move().catch((caught: unknown) => caught)) as Error;
    expect(into).toBeInstanceOf(MoveRefusedError);
    expect(into.message).toMatch(/^the database: its schema is version 999 and this Coppice knows versions up to /);

    const file = new DatabaseSync(join(folder, 'coppice.db'));
    file.exec('PRAGMA user_version = 999');
    file.close();
    const from = (await move().catch((caught: unknown) => caught)) as Error;
    expect(from).toBeInstanceOf(MoveRefusedError);
    expect(from.message).toMatch(/coppice\.db: its schema is version 999 and this Coppice knows versions up to /);
  });

  it('from a folder without a record, and no file is made there', async () => {
    await expect(move()).rejects.toThrow(MoveRefusedError);
    expect(existsSync(join(folder, 'coppice.db'))).toBe(false);
  });

  it('into a database that cannot be reached, in one line without its password', async () => {
    await (await filled(sqlite)).record.close();
    const moving = moveRecord({ from: join(folder, 'coppice.db'), to: 'postgres://me:hidden@127.0.0.1:1/none' });
    const error = (await moving.catch((caught: unknown) => caught)) as Error;
    expect(error).toBeInstanceOf(MoveRefusedError);
    expect(error.message).toMatch(/^the database cannot be reached: .*ECONNREFUSED/);
    expect(error.message).not.toContain('hidden');
  });
});
