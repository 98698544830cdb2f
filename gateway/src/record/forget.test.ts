import type { ReplayView } from '@coppice/contract';
import { aRow, idAt, openForTest, testDatabases } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ANN = 'a'.repeat(16);
const BOB = 'b'.repeat(16);
const by = { who: 'admin', reason: 'asked for it' };

describe.each(testDatabases)('a person whose rows are removed in $name', ({ start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  async function open() {
    const opened = await openForTest(await database.fresh());
    onTestFinished(() => opened.record.close());
    const rest = async () => (await opened.record.history({ limit: 1000 })).predictions;
    return { ...opened, rest };
  }

  it('is gone from the record, and others are not; the audit says how many rows, and never who', async () => {
    const { record, control, rest } = await open();
    const rows = Array.from({ length: 40 }, (_, i) => aRow({ userHash: i % 4 === 0 ? ANN : i % 4 === 1 ? BOB : null }));
    // what another says of Ann is not hers
    rows.push(aRow({ features: [ANN], userHash: BOB, reference: ANN }));
    for (const row of rows) record.append(row);
    expect(await record.forget(ANN, by)).toBe(10);
    const left = rows.filter(({ userHash }) => userHash !== ANN).map(({ id }) => id);
    expect((await rest()).map((row) => row.prediction_id).sort()).toEqual(left.sort());
    expect(await record.forget(ANN, { ...by, reason: '' })).toBe(0);
    expect(await control.audit(10)).toMatchObject([
      { ...by, reason: '', action: `delete 0 predictions of user ${ANN}`, revision: 0, from: null, to: null },
      { ...by, action: `delete 10 predictions of user ${ANN}` },
    ]);
  });

  it('takes along feedback and answers of the shadow version, and leaves what was counted', async () => {
    const { record, storage, epochs } = await open();
    const epoch = { period: 1, weights: { v1: 1 }, releases: { v1: null } };
    const rows = [ANN, BOB].map((userHash) => aRow({ userHash, epoch }));
    const [ann, bob] = rows.map(({ id }) => id) as [string, string];
    for (const row of rows) record.append(row);
    for (const id of [ann, bob]) record.addShadowAnswer({ id, version: 'v2', class: 'setosa' });
    await record.flush();
    await record.addFeedback([ann, bob].map((id) => ({ prediction_id: id, actual: 'versicolor' })));
    const counted = async () => [
      (await record.performance(Date.now() - 60_000, Date.now() + 60_000)).versions,
      (await epochs()).map(({ cells }) => cells),
    ];
    const before = await counted();
    expect(await record.forget(ANN, by)).toBe(1);
    expect(await counted()).toEqual(before);
    expect(await record.find(bob)).toMatchObject({ actual: 'versicolor' });
    // if anything were left, the same id would have it again
    record.append(aRow({ id: ann }));
    await record.flush();
    expect(await record.find(ann)).toMatchObject({ actual: null });
    record.addShadowAnswer({ id: ann, version: 'v3', class: 'setosa' });
    await record.flush();
    expect(storage.health.failing).toBe(false);
  });

  it('is gone from the results of replays that quote a row', async () => {
    const { record, documents } = await open();
    const rows = [aRow({ userHash: ANN }), aRow({ userHash: BOB })];
    for (const row of rows) record.append(row);
    await record.flush();
    const disagreements = rows.map(({ id }) => ({ prediction_id: id, features: [1, 2] }));
    await documents.call('documents', 'put', ['replay', 'one', { id: 'one', disagreements }]);
    await documents.call('documents', 'put', ['replay', 'two', { id: 'two', disagreements: [] }]);
    await record.forget(ANN, by);
    const stored = (await documents.call('documents', 'get', ['replay', 'one'])) as ReplayView;
    expect(stored).toEqual({ id: 'one', disagreements: [disagreements[1]] });
    expect(await documents.call('documents', 'get', ['replay', 'two'])).toEqual({ id: 'two', disagreements: [] });
  });

  it('is found among many rows while new ones are written, and the record still knows how many it has', async () => {
    const { record, rest } = await open();
    const base = Date.now() - 100_000;
    // hers are a few among many, and many at once
    const isAnn = (i: number) => i % 1000 === 0 || (i >= 12_000 && i < 17_000);
    const hers = Array.from({ length: 25_000 }, (_, i) => isAnn(i)).filter(Boolean).length;
    for (let i = 0; i < 25_000; i++) record.append(aRow({ id: idAt(base + i), userHash: isAnn(i) ? ANN : BOB }));
    await record.flush();
    const forgetting = record.forget(ANN, by);
    for (let i = 0; i < 100; i++) record.append(aRow({ userHash: BOB }));
    expect(await forgetting).toBe(hers);
    await record.flush();
    expect(await rest()).toHaveLength(1000);
    let lines = -1;
    for await (const part of record.exportAs('csv', {})) lines += part.split('\r\n').length - 1;
    expect(lines).toBe(25_000 - hers + 100);
  });
});

it('nothing is said to be removed while the database is away', async () => {
  const { record } = await openForTest({ DATA_DIR: '/dev/null/none' });
  onTestFinished(() => record.close());
  await expect(record.forget(ANN, by)).rejects.toThrow();
});
