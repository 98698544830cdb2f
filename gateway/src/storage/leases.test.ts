import { openForTest, type TestDatabase, testDatabases } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { StorageUnavailableError } from './port/errors.ts';

const LONG_MS = 60_000;
let database: Awaited<ReturnType<TestDatabase['start']>>;

async function gateways(count: number) {
  const settings = await database.fresh();
  const opened = await Promise.all(Array.from({ length: count }, () => openForTest(settings)));
  onTestFinished(async () => {
    for (const { record } of opened) await record.close();
  });
  return opened.map(({ leases }) => leases);
}

describe.each(testDatabases)('a lease in $name', ({ start }) => {
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  it('is held again and again by the gateway that holds it, and after a release', async () => {
    const [one] = await gateways(1);
    expect(await one?.hold('rollout', LONG_MS)).toBe(true);
    expect(await one?.hold('rollout', LONG_MS)).toBe(true);
    await one?.release('rollout');
    expect(await one?.hold('rollout', LONG_MS)).toBe(true);
  });
});

// a SQLite file has one gateway
describe('a lease of several gateways on one PostgreSQL', () => {
  beforeAll(async () => {
    const postgres = testDatabases.find(({ name }) => name === 'PostgreSQL') as TestDatabase;
    database = await postgres.start();
  });
  afterAll(() => database.stop());

  it('is held by one of them, for each job apart', async () => {
    const many = await gateways(3);
    const held = await Promise.all(many.map((leases) => leases.hold('rollout', LONG_MS)));
    expect(held.filter(Boolean)).toHaveLength(1);
    const other = many[held.indexOf(false)];
    expect(await other?.hold('report', LONG_MS)).toBe(true);
    // not its own to give back
    await other?.release('rollout');
    expect(await other?.hold('rollout', LONG_MS)).toBe(false);
  });

  it('goes to another gateway when it is given back or expires', async () => {
    const [one, other] = await gateways(2);
    expect(await one?.hold('rollout', LONG_MS)).toBe(true);
    await one?.release('rollout');
    expect(await other?.hold('rollout', 1)).toBe(true);
    await expect.poll(() => one?.hold('rollout', LONG_MS)).toBe(true);
    expect(await other?.hold('rollout', LONG_MS)).toBe(false);
  });

  it('is refused, not granted, while the database is away', async () => {
    const [one] = await gateways(1);
    await database.outage?.begin();
    try {
      await expect(one?.hold('rollout', LONG_MS)).rejects.toThrow(StorageUnavailableError);
    } finally {
      await database.outage?.end();
    }
  });
});
