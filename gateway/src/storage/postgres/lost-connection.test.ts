import { startThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';

it('a connection that breaks in the middle of a transaction loses no row', async () => {
  const server = await startThrowawayPostgres();
  onTestFinished(() => server.stop());
  const url = await server.createDatabase('breaking');
  const { record, dropped } = await openForTest({ DATABASE_URL: url });
  const locker = new pg.Client({ connectionString: url });
  await locker.connect();
  onTestFinished(() => locker.end());
  onTestFinished(() => record.close());

  await locker.query('BEGIN; LOCK TABLE coppice.prediction IN SHARE MODE');
  const row = aRow();
  record.append(row);
  const breakWriting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  await expect.poll(async () => (await locker.query(breakWriting)).rowCount, { timeout: 20_000 }).toBe(1);
  await locker.query('ROLLBACK');

  await expect
    .poll(async () => (await record.find(row.id).catch(() => null))?.prediction_id, { timeout: 20_000 })
    .toBe(row.id);
  expect(dropped()).toBe(0);
});
