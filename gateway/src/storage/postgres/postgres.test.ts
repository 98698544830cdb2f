import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  findPostgres,
  startThrowawayPostgres,
  type ThrowawayPostgres,
} from '@coppice/testkit/programs/throwaway-postgres';
import {
  appendUntil,
  aRow,
  CHANGE,
  collect,
  idAt,
  type OpenedForTest,
  openForTest,
  type Settings,
  stateAt,
} from '@coppice/testkit/record/databases';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NewerSchemaError, StorageUnavailableError } from '../port/errors.ts';
import { migratePostgres, postgresMigrations } from './postgres-migrations.ts';
import { PostgresClock, trimPostgres } from './postgres-trim.ts';

async function open(settings: Settings): Promise<OpenedForTest> {
  const opened = await openForTest(settings);
  onTestFinished(() => opened.record.close());
  return opened;
}

describe('a PostgreSQL server', () => {
  let server: ThrowawayPostgres;
  let settings: Settings;
  let databases = 0;
  beforeAll(async () => {
    server = await startThrowawayPostgres();
  });
  beforeEach(async () => {
    settings = { DATABASE_URL: await server.createDatabase(`gateways_${databases++}`) };
  });
  afterAll(() => server.stop());

  it('announces a change of weights to the other gateways within a second, and not to the one that made it', async () => {
    const [one, other] = [await open(settings), await open(settings)];
    const toldOne: unknown[] = [];
    one.control.onChange((change) => toldOne.push(change));
    const reported: { change: unknown; at: number }[] = [];
    other.control.onChange((change) => reported.push({ change, at: performance.now() }));
    const delays: number[] = [];
    for (const revision of [1, 2, 3]) {
      expect(await one.control.save(stateAt(revision), CHANGE)).toBe(true);
      const savedAt = performance.now();
      await expect.poll(() => reported.at(-1)?.change, { timeout: 20_000 }).toEqual(stateAt(revision));
      delays.push((reported.at(-1)?.at ?? 0) - savedAt);
    }
    // the best of three, so that a busy machine does not count
    expect(Math.min(...delays)).toBeLessThan(1000);
    expect(await other.control.save(stateAt(1), CHANGE)).toBe(false);
    expect(toldOne).toEqual([]);
  });

  it('has a view with what the history has', async () => {
    const { record } = await open(settings);
    const rows = [
      aRow({ features: [5e-324, 0.30000000000000004, -1 / 3], userHash: 'abc', reference: 'order-1', source: 'page' }),
      aRow({ label: -1, probability: null, error: 'timeout', latencySeconds: 1.5 }),
      aRow({ features: [null, 'a "quoted", text', 2, ''] }),
      aRow({ columns: ['age', 'member'], features: [null, false] }),
      aRow({ columns: ['age', 'member', 'plan'], features: [33, true, 'true'] }),
    ];
    for (const row of rows) record.append(row);
    await record.addFeedback([{ prediction_id: rows[0]?.id as string, actual: 'setosa' }]);
    const client = new pg.Client({ connectionString: settings.DATABASE_URL as string });
    await client.connect();
    const view = await client.query('SELECT * FROM coppice.history ORDER BY prediction_id DESC');
    await client.end();
    expect(view.rows).toEqual((await record.history({ limit: 10 })).predictions);
  });

  it('is backed up by pg_dump, and restored by psql, with values of all kinds', async () => {
    const { record } = await open(settings);
    const row = aRow({ columns: ['plan', 'member', 'age', 'iq'], features: ['a "quoted", text', false, null, 99.5] });
    record.append(row);
    await record.flush();
    const run = promisify(execFile);
    const dump = await run(join(findPostgres(), 'pg_dump'), [settings.DATABASE_URL as string]);
    const restored = { DATABASE_URL: await server.createDatabase(`restored_${databases++}`) };
    const restoring = run(join(findPostgres(), 'psql'), ['-v', 'ON_ERROR_STOP=1', restored.DATABASE_URL]);
    restoring.child.stdin?.end(dump.stdout);
    await restoring;
    const other = await open(restored);
    expect(await other.record.find(row.id)).toEqual(await record.find(row.id));
    expect(await other.record.find(row.id)).toMatchObject({ feature_names: row.columns, features: row.features });
  });

  it('takes rows and feedback of two gateways at once', async () => {
    const gateways = [await open(settings), await open(settings)];
    // all rows of one are older than those that the other wrote before
    const hoursAgo = (i: number) => Date.now() - i * 3_600_000;
    const rows = gateways.map((_, gateway) =>
      Array.from({ length: 2000 }, (_, i) => aRow({ version: `v${i % 2}`, id: idAt(hoursAgo(gateway)) })),
    );
    await Promise.all(
      gateways.map(async ({ record }, gateway) => {
        for (const [i, row] of rows[gateway]?.entries() ?? []) {
          record.append(row);
          if (i % 20 === 19) await record.flush();
        }
      }),
    );
    expect(gateways.flatMap(({ log }) => log)).toEqual([]);
    const exported = await collect((gateways[0] as OpenedForTest).record.exportAs('csv', {}));
    expect(exported.trim().split('\r\n')).toHaveLength(1 + 4000);
    const items = rows[0]?.slice(0, 50).map(({ id }) => ({ prediction_id: id, actual: 'versicolor' })) ?? [];
    await Promise.all(gateways.map(({ record }) => record.addFeedback(items)));
    const { versions } = await (gateways[0] as OpenedForTest).record.performance(hoursAgo(2), Date.now() + 60_000);
    expect(versions.map(({ n, feedback, correct }) => [n, feedback, correct])).toEqual([
      [2000, 25, 25],
      [2000, 25, 25],
    ]);
  });

  it('that goes down loses nothing within the queue, and is used again when it is back', async () => {
    const [one, other] = [await open(settings), await open(settings)];
    const before = await appendUntil(one, true);
    await one.record.flush();
    await server.down();
    await appendUntil(one, false);
    await expect(one.record.find(before)).rejects.toThrow(StorageUnavailableError);
    await server.up();
    const after = await appendUntil(one, true);
    await one.record.flush();
    expect((await one.record.find(after))?.prediction_id).toBe(after);
    expect(one.dropped()).toBe(0);
    const reported = new Promise((resolve) => other.control.onChange(resolve));
    await expect.poll(() => one.control.save(stateAt(1), CHANGE), { timeout: 20_000 }).toBe(true);
    expect(await reported).toEqual(stateAt(1));
  });

  it('trims no row that another gateway wrote meanwhile, however old its id is', async () => {
    const { record } = await open(settings);
    record.append(aRow());
    await record.close();
    const [pool, client] = [
      new pg.Pool({ connectionString: settings.DATABASE_URL }),
      new pg.Client(settings.DATABASE_URL),
    ];
    await client.connect();
    // the gateway that wrote may have held it
    await client.query('DELETE FROM coppice.lease');
    // reads pass this lock, deletes wait for it: the row comes in between
    await client.query('BEGIN; LOCK TABLE coppice.prediction IN SHARE MODE');
    const trimming = trimPostgres(
      pool,
      { maxRows: 1, maxDays: 1 },
      {
        holder: 'test',
        clock: new PostgresClock(1, Date.now, () => performance.now()),
      },
    );
    const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    await expect.poll(async () => (await pool.query(waits)).rowCount, { timeout: 20_000 }).toBe(1);
    await client.query('INSERT INTO coppice.prediction SELECT $1, kind, latency, features FROM coppice.prediction', [
      idAt(Date.now() - 3_600_000),
    ]);
    await client.query('COMMIT');
    await trimming;
    expect((await client.query('SELECT FROM coppice.prediction')).rowCount).toBe(2);
    await client.end();
    await pool.end();
  });

  describe('of a schema', () => {
    async function connected(name: string): Promise<{ client: pg.Client; url: string }> {
      const url = await server.createDatabase(name);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return { client, url };
    }
    const versionsOf = async (client: pg.Client) =>
      (await client.query('SELECT version FROM coppice.schema_version')).rows.map((row) => row.version);

    it('is migrated once when gateways start together, and from an older version', async () => {
      const { client, url } = await connected('together');
      const gateways = await Promise.all([1, 2, 3].map(() => openForTest({ DATABASE_URL: url })));
      for (const { record } of gateways) {
        expect(record.warnings()).toEqual([]);
        await record.close();
      }
      expect(await versionsOf(client)).toEqual([postgresMigrations.length]);
      await migratePostgres(client, [...postgresMigrations, 'ALTER TABLE coppice.audit ADD COLUMN note text']);
      expect(await versionsOf(client)).toEqual([postgresMigrations.length + 1]);
      await client.end();
    });

    it('is migrated from version 4, whose rows have no names of their features, and takes new rows beside them', async () => {
      const { client, url } = await connected('four');
      await migratePostgres(client, postgresMigrations.slice(0, 4));
      const [old, row] = [
        aRow({ id: idAt(Date.now() - 1000) }),
        aRow({ features: [true, 'two', 3], columns: ['a', 'b', 'c'] }),
      ];
      await client.query("INSERT INTO coppice.kind (version, route, label, class) VALUES ('v1', 'weighted', 1, 'x')");
      await client.query(
        `INSERT INTO coppice.prediction (id, kind, latency, features, texts)
         SELECT $1, id, 0.001, '{1,NULL,NULL}', '{NULL,two,NULL}' FROM coppice.kind`,
        [old.id],
      );
      const { record } = await openForTest({ DATABASE_URL: url });
      record.append(row);
      await record.flush();
      const rows = [
        { feature_names: null, features: [1, 'two', null] },
        { feature_names: ['a', 'b', 'c'], features: [true, 'two', 3] },
      ];
      expect([await record.find(old.id), await record.find(row.id)]).toMatchObject(rows);
      const shown = await client.query('SELECT feature_names, features FROM coppice.history ORDER BY prediction_id');
      expect(shown.rows).toEqual(rows);
      await record.close();
      await client.end();
    });

    it('stays as it was when a migration fails, and is refused when it is newer', async () => {
      const { client, url } = await connected('failing');
      await migratePostgres(client);
      const broken = [...postgresMigrations, 'CREATE TABLE extra (x int)', 'CREATE TABLE extra (x int)'];
      await expect(migratePostgres(client, broken)).rejects.toThrow('already exists');
      expect(await versionsOf(client)).toEqual([postgresMigrations.length]);
      await client.query('UPDATE coppice.schema_version SET version = 99');
      await expect(migratePostgres(client)).rejects.toThrow(NewerSchemaError);
      await expect(openForTest({ DATABASE_URL: url })).rejects.toThrow(
        '(DATABASE_URL) cannot be used: its schema is version 99',
      );
      await client.end();
    });
  });
});
