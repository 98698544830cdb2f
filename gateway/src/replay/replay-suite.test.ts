import type { ReplayView } from '@coppice/contract';
import { startOipServer } from '@coppice/testkit/oip-server';
import { testDatabases } from '@coppice/testkit/record/databases';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
const features = 2;

describe.each(testDatabases)('a replay on $name', ({ name: kind, start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  /** v1 answers class ⌊x0⌋; v2, which has no weight, does so too, shifted by `shift`. */
  async function stack({ shift = 0, env = {} }: { shift?: number; env?: Record<string, string> } = {}) {
    const servers = [await startOipServer({ features }), await startOipServer({ features, shift })] as const;
    const settings = await database.fresh();
    const begin = async () =>
      startGateway({
        models: servers.map(({ url }) => url),
        env: { ...settings, MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', RECORD_FLUSH_MS: '10', ...env },
      });
    const gateway = await begin();
    onTestFinished(async () => {
      await gateway.stop({ keepData: true });
      for (const server of servers) await server.stop();
    });
    return { gateway, begin, servers, post: poster(gateway), ...client(gateway) };
  }

  it('compares what a version without traffic answers with what was answered and what was right', async () => {
    const { gateway, predict, feedback, start, ended } = await stack({ shift: 1 });
    const ids = await predict([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    // v1 is right in the first six, v2 in the next three; the last has no feedback
    await feedback(ids.map((id, i) => [id, i < 6 ? i % 3 : ((i % 3) + 1) % 3]).slice(0, 9));
    const { status, body } = await start({ version: 'v2', since: '1h', reason: 'before its rollout' });
    expect({ status, state: body.state }).toEqual({ status: 202, state: 'running' });
    const result = await ended(body.id);
    expect(result).toMatchObject({
      state: 'done',
      end_reason: null,
      version: 'v2',
      reason: 'before its rollout',
      percent: 100,
      proof: { passes: false, why: '10 rows of v1 are too few: at least 100' },
      rows: 10,
      failed: 0,
      not_replayable: 0,
      accuracy: { right: 3, rows: 9 },
      latency_ms: { p50: expect.any(Number), p99: expect.any(Number) },
    });
    expect(result.comparisons).toMatchObject([
      {
        live_version: 'v1',
        in_force: true,
        compared: 10,
        agreed: 0,
        agreement: { value: 0, interval: [0, expect.closeTo(0.2775, 3)] },
        with_feedback: 9,
        live_right: 6,
        replayed_right: 3,
        paired: { only_replayed: 3, only_live: 6, verdict: 'no difference seen' },
        confusion: [
          [0, 4, 0],
          [0, 0, 3],
          [3, 0, 0],
        ],
      },
    ]);
    expect(result.disagreements).toHaveLength(10);
    expect(result.disagreements[0]).toMatchObject({
      prediction_id: ids[9],
      live_class: 'class_0',
      replayed_class: 'class_1',
      actual: null,
      features: [0, 0],
    });
    // no trace in what is counted of traffic
    expect(await gateway.metric('prediction_requests_total')).toBe(10);
    expect((await gateway.get('/predictions?version=v2')).body.predictions).toEqual([]);
    expect((await gateway.get('/drift')).body.samples ?? 10).toBe(10);
    const { replays } = (await gateway.get('/replay')).body;
    expect(replays).toMatchObject([{ id: body.id, state: 'done' }]);
    expect(replays[0].disagreements).toBeUndefined();
  });

  it('takes the newest rows up to a limit, and leaves out failed ones, previews and those of the page', async () => {
    const { gateway, servers, predict, start, ended } = await stack();
    await predict([0, 1]);
    await gateway.predict(2, { 'x-source': 'page' });
    servers[0].behave('invalid');
    await gateway.predict(2);
    servers[0].behave('answer');
    await predict([1, 2, 2]);
    const all = await ended((await start({ version: 'v2', since: '1h', reason: 'all' })).body.id);
    expect(all).toMatchObject({ rows: 5, comparisons: [{ compared: 5, agreed: 5 }] });
    const some = await ended((await start({ version: 'v2', since: '1h', limit: 3, reason: 'some' })).body.id);
    expect(some).toMatchObject({
      rows: 3,
      limit: 3,
      comparisons: [
        {
          confusion: [
            [0, 0, 0],
            [0, 1, 0],
            [0, 0, 2],
          ],
        },
      ],
    });
  });

  it('keeps to its rate, shows its progress, runs alone and can be cancelled', async () => {
    const { gateway, predict, start, ended } = await stack();
    await predict(Array.from({ length: 60 }, (_, i) => i % 3));
    const first = (await start({ version: 'v2', since: '1h', rate: 20, reason: 'slow' })).body;
    await until(async () => expect((await gateway.get(`/replay/${first.id}`)).body.rows).toBeGreaterThan(3));
    const { percent, rows } = (await gateway.get(`/replay/${first.id}`)).body;
    expect(rows).toBeLessThan(60);
    expect(percent).toBeLessThan(100);
    const second = await start({ version: 'v2', since: '1h', reason: 'too soon' });
    expect(second).toMatchObject({ status: 409, body: { detail: `Replay ${first.id} runs.` } });
    const cancelled = await fetch(`${gateway.url}/replay/${first.id}`, { method: 'DELETE', headers: admin });
    expect(await cancelled.json()).toMatchObject({
      state: 'cancelled',
      end_reason: expect.stringMatching(/^admin@.* cancelled it$/),
    });
    expect((await ended(first.id)).rows).toBeLessThan(60);
    const again = await fetch(`${gateway.url}/replay/${first.id}`, { method: 'DELETE', headers: admin });
    expect(again.status).toBe(409);
    expect(await ended((await start({ version: 'v2', since: '1h', reason: 'now' })).body.id)).toMatchObject({
      rows: 60,
    });
  });

  it('refuses what cannot be, and says where and what is allowed', async () => {
    const { gateway, servers, start } = await stack();
    const cases = [
      [{ version: 'v9', since: '7d', reason: 'x' }, 400, '/version of the body must be one of v1, v2.'],
      [{ version: 'v2', since: 'monday', reason: 'x' }, 400, '/since of the body must be a time in ISO 8601'],
      [
        { version: 'v2', since: '1h', until: '2h', reason: 'x' },
        400,
        '/since of the body must be a time before until.',
      ],
      [{ version: 'v2', since: '1h' }, 400, '/reason of the body'],
      [{ version: 'v2', since: '1h', rate: 0, reason: 'x' }, 400, '/rate of the body'],
    ] as const;
    for (const [body, status, detail] of cases) {
      const answer = await start(body);
      expect({ status: answer.status, detail: answer.body.detail }).toEqual({
        status,
        detail: expect.stringContaining(detail),
      });
    }
    expect((await gateway.post('/replay', cases[0][0])).status).toBe(401);
    for (const id of ['none', '%00', '0198c5b2-7c00-7000-8000-000000000000'])
      expect((await gateway.get(`/replay/${id}`)).status, id).toBe(404);
    servers[1].beReady(false);
    await until(async () => expect((await gateway.get('/config')).body.versions[1].ready).toBe(false));
    const unready = await start({ version: 'v2', since: '1h', reason: 'x' });
    expect(unready).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Version v2 is not ready') },
    });
  });

  it('counts rows that the version fails, waits while it is away, and goes on', async () => {
    const { gateway, servers, predict, start, ended } = await stack();
    await predict(Array.from({ length: 30 }, (_, i) => i % 3));
    servers[1].behave('invalid');
    const failed = await ended((await start({ version: 'v2', since: '1h', reason: 'refuses' })).body.id);
    expect(failed).toMatchObject({ state: 'done', rows: 0, failed: 30, latency_ms: null, comparisons: [] });
    servers[1].behave('answer');
    // its refusals did not count against it: a replay is no traffic
    expect((await gateway.get('/config')).body.versions[1]).toMatchObject({ ready: true, ejected: false });
    const { id } = (await start({ version: 'v2', since: '1h', rate: 20, reason: 'away' })).body;
    servers[1].beReady(false);
    await until(async () => expect((await gateway.get(`/replay/${id}`)).body.held).toBe('v2 is not ready'));
    servers[1].beReady(true);
    expect(await ended(id)).toMatchObject({ state: 'done', rows: 30, failed: 0 });
  });

  it('ends with its gateway, says so, and keeps what it had', async () => {
    const { gateway, begin, predict, start } = await stack();
    await predict(Array.from({ length: 60 }, (_, i) => i % 3));
    const { id } = (await start({ version: 'v2', since: '1h', rate: 20, reason: 'slow' })).body;
    await until(async () => expect((await gateway.get(`/replay/${id}`)).body.rows).toBeGreaterThan(3));
    await gateway.stop({ keepData: true });
    const next = await begin();
    onTestFinished(() => next.stop({ keepData: true }));
    const left = (await next.get(`/replay/${id}`)).body;
    expect(left).toMatchObject({ state: 'failed', end_reason: 'the gateway stopped' });
    expect(left.rows).toBeGreaterThan(3);
    const again = await client(next).start({ version: 'v2', since: '1h', reason: 'again' });
    expect(await client(next).ended(again.body.id)).toMatchObject({ state: 'done', rows: 60 });
  });

  it.runIf(kind === 'PostgreSQL')('runs on one of two gateways, and the other one shows and cancels it', async () => {
    const { gateway, begin, predict, start, ended } = await stack();
    const other = await begin();
    onTestFinished(() => other.stop({ keepData: true }));
    await predict(Array.from({ length: 200 }, (_, i) => i % 3));
    const { id } = (await start({ version: 'v2', since: '1h', rate: 5, reason: 'slow' })).body;
    const second = await client(other).start({ version: 'v2', since: '1h', reason: 'too' });
    expect(second).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Another gateway runs a replay') },
    });
    expect((await other.get(`/replay/${id}`)).body.state).toBe('running');
    await fetch(`${other.url}/replay/${id}`, { method: 'DELETE', headers: admin });
    await until(async () => expect((await gateway.get(`/replay/${id}`)).body.state).toBe('cancelled'));
    expect((await ended(id)).rows).toBeLessThan(200);
    await until(async () => expect((await other.get(`/replay/${id}`)).body.state).toBe('cancelled'));
    await until(async () =>
      expect((await client(other).start({ version: 'v2', since: '1h', reason: 'now' })).status).toBe(202),
    );
  });
});

function poster(gateway: TestGateway) {
  return (path: string, body: unknown) => gateway.post(path, body, admin);
}

function client(gateway: TestGateway) {
  const written = async (id: string) =>
    until(async () => expect((await gateway.get(`/predictions/${id}`)).status).toBe(200));
  return {
    start: (body: object): Promise<{ status: number; body: ReplayView & { detail: string } }> =>
      gateway.post('/replay', body, admin),
    /** Ids of predictions whose rows are written; the class of a row is its first feature. */
    async predict(firsts: readonly number[]): Promise<string[]> {
      const ids: string[] = [];
      for (const first of firsts) ids.push((await gateway.predict(first)).body.prediction_id);
      await written(ids.at(-1) as string);
      return ids;
    },
    async feedback(items: (readonly (string | number)[])[]): Promise<void> {
      const feedback = items.map(([prediction_id, actual]) => ({ prediction_id, actual: `class_${actual}` }));
      expect((await gateway.post('/feedback', { feedback })).status).toBe(200);
    },
    async ended(id: string): Promise<ReplayView> {
      const view = async () => (await gateway.get(`/replay/${id}`)).body as ReplayView;
      await until(async () => expect((await view()).state).not.toBe('running'));
      return view();
    },
  };
}
