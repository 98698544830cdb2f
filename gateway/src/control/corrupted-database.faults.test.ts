import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const rolledBack = { v1: 100, v2: 0 };
let models: OipServer[];
let folder: string;
let gateway: TestGateway | null = null;

beforeEach(async () => {
  models = [await startOipServer(), await startOipServer()];
  folder = mkdtempSync(join(tmpdir(), 'coppice-corrupted-'));
});
afterEach(async () => {
  await stop();
  for (const model of models) await model.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}) {
  gateway = await startGateway({ models: models.map(({ url }) => url), env: { DATA_DIR: folder, ...env } });
  return gateway;
}
async function stop() {
  await gateway?.stop({ keepData: true });
  gateway = null;
}
const database = () => join(folder, 'coppice.db');
const weightsOf = async ({ get }: TestGateway) => (await get('/config')).body.weights;
const warningsOf = async ({ get }: TestGateway): Promise<string[]> => (await get('/ready')).body.warnings;

/** Ways to lose a database. */
const corruptions = {
  'is no database': () => writeFileSync(database(), 'not a database, but longer than its header is'.repeat(99)),
  'has garbage in all pages but the first': () => {
    const bytes = readFileSync(database());
    writeFileSync(database(), bytes.fill(0xa5, 4096));
  },
  'is cut off': () => truncateSync(database(), statSync(database()).size >> 1),
  'has a broken state': () => {
    const db = new DatabaseSync(database());
    db.exec(`UPDATE control SET state = '{"revision":'`);
    db.close();
  },
};

describe.each(Object.entries(corruptions))('a database that %s', (_name, corrupt) => {
  it("does not put the environment's weights in force again, and /ready says so", async () => {
    const before = await start();
    expect((await before.patch('/config', { weights: rolledBack, reason: 'v2 errs' })).status).toBe(200);
    await before.predict(1);
    await stop();
    corrupt();
    const after = await start();
    expect(await weightsOf(after)).toEqual(rolledBack);
    expect((await warningsOf(after)).join()).toMatch(/weights cannot be read \(.+intent\.json are in force/);
    expect((await after.predict(1)).body.model_version).toBe('v1');

    // a change goes on from there, and survives the next start as well
    const { revision } = (await after.get('/config')).body;
    const next = { weights: { v1: 90, v2: 10 }, reason: 'try again', revision };
    expect((await after.patch('/config', next)).status).toBe(200);
    await stop();
    expect(await weightsOf(await start())).toEqual({ v1: 90, v2: 10 });
  });
});

it('a database that is gone, or older, gets the last weights back, audited', async () => {
  const before = await start();
  await before.patch('/config', { weights: { v1: 90, v2: 10 }, reason: 'canary' });
  await stop();
  const older = readFileSync(database());
  const between = await start();
  await between.patch('/config', { weights: rolledBack, reason: 'v2 errs' });
  await stop();
  writeFileSync(database(), older);
  const after = await start();
  expect(await weightsOf(after)).toEqual(rolledBack);
  expect(await warningsOf(after)).toEqual([]);
  const [entry] = (await after.get('/audit', { authorization: 'Bearer test-admin-token' })).body.audit;
  expect(entry).toMatchObject({ who: 'gateway', from: { weights: { v1: 90, v2: 10 } }, to: { weights: rolledBack } });
  expect((await after.patch('/config', { weights: { v1: 80, v2: 20 }, reason: 'again' })).status).toBe(200);
  await stop();
  rmSync(database());
  expect(await weightsOf(await start())).toEqual({ v1: 80, v2: 20 });
});

it('the environment still wins when it changes', async () => {
  const before = await start();
  await before.patch('/config', { weights: rolledBack, reason: 'v2 errs' });
  await stop();
  corruptions['is no database']();
  const after = await start({ MODEL_V1_WEIGHT: '70', MODEL_V2_WEIGHT: '30' });
  expect(await weightsOf(after)).toEqual({ v1: 70, v2: 30 });
});

it('a file that is no state is said, and replaced', async () => {
  const before = await start();
  await before.patch('/config', { weights: rolledBack, reason: 'v2 errs' });
  await stop();
  writeFileSync(join(folder, 'intent.json'), '{"weights":{"v1":"all"}}');
  expect(await weightsOf(await start())).toEqual(rolledBack);
  expect(JSON.parse(readFileSync(join(folder, 'intent.json'), 'utf8'))).toMatchObject({ weights: rolledBack });
});
