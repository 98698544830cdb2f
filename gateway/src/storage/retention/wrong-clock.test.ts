import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { aRow, idAt } from '@coppice/testkit/record/databases';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { UpkeepStore } from '../port/database.ts';
import type { RecordStore } from '../port/record-store.ts';
import { openPostgres } from '../postgres/open-postgres.ts';
import { RowBatch } from '../rows/row-batch.ts';
import { openSqlite, openSqliteForReading } from '../sqlite/open-sqlite.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const retention = { maxRows: 100_000, maxDays: 30 };
const origins = [{ version: 'v1', assigned: 'v1', release: null, source: 'api' as const, epoch: null, columns: ['x'] }];
const words = { generation: 0, origins, routes: ['weighted'], errors: [], classes: ['a', 'b'] };

type Gateway = { record: RecordStore; upkeep: UpkeepStore; close(): unknown; count(): Promise<number> };

/** A database that gateways with these clocks open, one after the other. */
async function inSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'coppice.db');
  return async (now: () => number, monotonic: () => number): Promise<Gateway> => {
    const { record, upkeep, close } = openSqlite(file, retention, now, monotonic);
    const count = async () => {
      const reading = openSqliteForReading(file);
      const { predictions } = await reading.history.history({ limit: 10_000 });
      await reading.close();
      return predictions.length;
    };
    return { record, upkeep, close, count };
  };
}

let server: Awaited<ReturnType<typeof startThrowawayPostgres>>;
let databases = 0;
beforeAll(async () => {
  server = await startThrowawayPostgres();
});
afterAll(() => server.stop());

async function inPostgres() {
  const url = await server.createDatabase(`clock_${databases++}`);
  return async (now: () => number, monotonic: () => number): Promise<Gateway> => {
    const { record, upkeep, history, close } = await openPostgres(url, retention, () => {}, now, monotonic);
    // the lease of the gateway before expires by the server's clock, which is right
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('DELETE FROM coppice.lease');
    await client.end();
    const count = async () => (await history.history({ limit: 10_000 })).predictions.length;
    return { record, upkeep, close, count };
  };
}

describe.each([
  ['SQLite', inSqlite],
  ['PostgreSQL', inPostgres],
])('with a clock that is wrong, the record in %s', (_name, database) => {
  /** Two fake clocks, and a gateway that runs by them. */
  async function setUp() {
    const open = await database();
    let wall = START;
    let mono = 0;
    let gateway = await open(
      () => wall,
      () => mono,
    );
    let closed = false;
    const close = async () => {
      if (!closed) await gateway.close();
      closed = true;
    };
    onTestFinished(close);
    const trim = async () => {
      while (await gateway.upkeep.trim());
    };
    return {
      async write(rows: number) {
        const batch = new RowBatch();
        for (let i = 0; i < rows; i++) batch.push(aRow({ id: idAt(wall + i) }), { origin: 0, route: 0, error: 0 });
        await gateway.record.write({ ...words, batches: [batch] });
        await trim();
      },
      jump(ms: number) {
        wall += ms;
      },
      async run(ms: number) {
        wall += ms;
        mono += ms;
        await trim();
      },
      async restart() {
        await close();
        gateway = await open(
          () => wall,
          () => mono,
        );
        closed = false;
        await gateway.upkeep.warning();
      },
      count: () => gateway.count(),
      warning: () => gateway.upkeep.warning(),
    };
  }

  it('loses no row to one that is 40 days ahead from a start on, and says so', async () => {
    const { write, jump, restart, count, warning } = await setUp();
    await write(200);
    expect(await warning()).toBeNull();
    jump(40 * DAY);
    await restart();
    expect(await warning()).toContain('40.0 days ahead');
    await write(100);
    await restart();
    await write(100);
    expect(await count()).toBe(400);
    jump(-40 * DAY);
    await restart();
    await write(100);
    expect(await warning()).toBeNull();
    expect(await count()).toBe(500);
  });

  it('loses no row to one that jumps while the gateway runs', async () => {
    const { write, jump, count, warning } = await setUp();
    await write(200);
    for (const days of [40, 400, -800]) {
      jump(days * DAY);
      await write(100);
      expect(await warning()).toMatch(/days (ahead|behind)/);
    }
    jump(360 * DAY);
    await write(100);
    expect(await warning()).toBeNull();
    expect(await count()).toBe(600);
  });

  it('loses no row to one that was a year behind, and forgets those rows in their time', async () => {
    const { write, jump, run, restart, count, warning } = await setUp();
    await write(200);
    jump(-365 * DAY);
    await restart();
    expect(await warning()).toContain('365.0 days behind');
    await write(100);
    jump(365 * DAY);
    await restart();
    await write(100);
    expect(await warning()).toBeNull();
    expect(await count()).toBe(400);
    for (let day = 0; day < 32; day++) await run(DAY);
    expect(await count()).toBe(0);
  });

  it('still forgets old rows while the clock is right', async () => {
    const { write, run, count } = await setUp();
    await write(200);
    for (let day = 0; day < 29; day++) await run(DAY);
    expect(await count()).toBe(200);
    await run(1.5 * DAY);
    expect(await count()).toBe(0);
  });
});
