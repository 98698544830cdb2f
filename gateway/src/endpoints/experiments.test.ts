import { comparisonReport, experimentList, experimentView } from '@coppice/contract';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let model: OipServer;
let gateway: TestGateway;
beforeAll(async () => {
  model = await startOipServer();
  gateway = await startGateway({
    models: [model.url, model.url, model.url],
    env: { RECORD_FLUSH_MS: '20', MODEL_V3_WEIGHT: '0' },
    random: seededRandom(3),
  });
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});

const admin = { authorization: 'Bearer test-admin-token' };
const send = (path: string, body: object) => gateway.post(path, body, admin);
const start = (body: object) => send('/experiments', { reason: 'to see', ...body });
const revision = async () => (await gateway.get('/config')).body.revision as number;

describe('GET /comparison', () => {
  it('compares the weights in force from the first request on, and begins anew when they change', async () => {
    const before = comparisonReport.parse((await gateway.get('/comparison')).body);
    expect(before).toMatchObject({ experiment: null, baseline: 'v1', candidates: [{ version: 'v2', alpha: 0.05 }] });
    for (let i = 0; i < 40; i++) await gateway.predict(1);
    const counted = (report: unknown) => comparisonReport.parse(report).candidates[0]?.checks.sample_ratio.assigned;
    await until(async () => {
      const { baseline = 0, candidate = 0 } = counted((await gateway.get('/comparison')).body) ?? {};
      expect(baseline + candidate).toBe(40);
    });
    await gateway.patch('/config', { weights: { v1: 1, v2: 0, v3: 1 }, reason: 'x' });
    const after = comparisonReport.parse((await gateway.get('/comparison')).body);
    expect(after).toMatchObject({ epochs: [], candidates: [{ version: 'v3' }] });
    expect(counted(after)).toEqual({ baseline: 0, candidate: 0 });
  });

  it('says that there is nothing to compare', async () => {
    await gateway.patch('/config', { weights: { v1: 0, v2: 0, v3: 1 }, reason: 'x' });
    const { body } = await gateway.get('/comparison');
    expect(body).toMatchObject({ baseline: 'v3', candidates: [] });
    expect(body.notes).toEqual(['Only v3 has weight: there is nothing to compare it with.']);
  });

  it('has the shadow version as a candidate, which answers the same rows', async () => {
    await gateway.patch('/config', { weights: { v1: 1, v2: 1, v3: 0 }, shadow: 'v3', reason: 'x' });
    const { candidates } = comparisonReport.parse((await gateway.get('/comparison')).body);
    expect(candidates.map(({ version, alpha }) => [version, alpha])).toEqual([
      ['v2', 0.025],
      ['v3', 0.025],
    ]);
    await gateway.patch('/config', { shadow: null, reason: 'x' });
  });
});

describe('experiments', () => {
  it('run one at a time, end with their result, and use a name once', async () => {
    await gateway.patch('/config', { weights: { v1: 1, v2: 1, v3: 0 }, reason: 'x' });
    const { status, body } = await start({ name: 'one' });
    expect([status, body]).toMatchObject([
      200,
      { baseline: 'v1', candidates: ['v2'], metric: 'accuracy', margin: 0.02 },
    ]);
    experimentView.parse(body);
    const second = await start({ name: 'two' });
    expect([second.status, second.body.detail]).toEqual([
      409,
      'The experiment one runs: one runs at a time. Stop it before you start another one.',
    ]);
    for (let i = 0; i < 10; i++) await gateway.predict(1);
    // weights may change meanwhile: it goes on
    await gateway.patch('/config', { weights: { v1: 3, v2: 1, v3: 0 }, reason: 'x' });
    for (let i = 0; i < 10; i++) await gateway.predict(1);
    await until(async () => {
      const running = experimentView.parse((await gateway.get('/experiments/one')).body);
      const assigned = running.comparison?.candidates[0]?.checks.sample_ratio.assigned;
      expect((assigned?.baseline ?? 0) + (assigned?.candidate ?? 0)).toBe(20);
      expect(running.comparison?.epochs).toHaveLength(2);
    });
    const stopped = await send('/experiments/one/stop', { reason: 'seen enough' });
    expect(stopped.body).toMatchObject({
      end: 'stopped',
      end_reason: 'seen enough',
      comparison: { experiment: 'one' },
    });
    expect((await gateway.get('/experiments/one')).body).toEqual(stopped.body);
    expect((await send('/experiments/one/stop', { reason: 'again' })).status).toBe(409);
    expect((await start({ name: 'one' })).body.detail).toContain('The name one was used');
    const { body: audit } = await gateway.get('/audit?limit=1', admin);
    expect(audit.audit[0]).toMatchObject({ action: 'experiment one ended' });
    expect(audit.audit[0].reason).toContain('seen enough — Not enough data to compare the accuracy of v2 and v1');

    expect((await start({ name: 'two', candidates: ['v2'], metric: 'errors' })).body).toMatchObject({ margin: null });
    const { experiments } = experimentList.parse((await gateway.get('/experiments')).body);
    expect(experiments.map(({ name, end }) => [name, end])).toEqual([
      ['two', null],
      ['one', 'stopped'],
    ]);
    expect((await send('/experiments/two/stop', { reason: 'x', revision: 1 })).status).toBe(409);
    expect((await send('/experiments/two/stop', { reason: 'x', revision: await revision() })).status).toBe(200);
  });

  it('begins a new period with the same weights', async () => {
    const before = await gateway.get('/comparison');
    expect((await start({ name: 'fresh' })).status).toBe(200);
    const { body } = await gateway.get('/comparison');
    expect(Date.parse(body.since)).toBeGreaterThan(Date.parse(before.body.since));
    await send('/experiments/fresh/stop', { reason: 'x' });
  });

  it.each([
    [{ name: 'Bad Name' }, 400, '/name of the body'],
    [{ name: 'a', baseline: 'v9' }, 400, '/baseline of the body names an unknown version (v9)'],
    [{ name: 'a', baseline: 'v3' }, 400, '/baseline of the body names v3, which has no weight'],
    [{ name: 'a', candidates: ['v3'] }, 400, '/candidates/0 of the body names v3, which has no weight'],
    [{ name: 'a', candidates: ['v1'] }, 400, '/candidates/0 of the body is the baseline (v1)'],
    [{ name: 'a', candidates: ['v2', 'v2'] }, 400, '/candidates/1 of the body names v2 twice'],
    [{ name: 'a', metric: 'speed' }, 400, '/metric of the body'],
    [{ name: 'a', revision: 1 }, 409, 'Revision 1 is outdated'],
  ])('refuses %j', async (body, status, detail) => {
    const answer = await start(body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
    expect((await gateway.get('/experiments')).body.experiments.every(({ end }: { end: string }) => end !== null)).toBe(
      true,
    );
  });

  it('are 404 by an unknown name, and need the admin token to change', async () => {
    expect((await gateway.get('/experiments/none')).status).toBe(404);
    expect((await send('/experiments/none/stop', { reason: 'x' })).status).toBe(404);
    expect((await gateway.post('/experiments', { name: 'a', reason: 'x' })).status).toBe(401);
  });
});
