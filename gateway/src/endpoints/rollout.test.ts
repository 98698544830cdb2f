import type { RolloutReport } from '@coppice/contract';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { type TestDatabase, testDatabases } from '@coppice/testkit/record/databases';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
const QUICK = { MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0', ROLLOUT_LOOK_SECONDS: '0.1' };
let models: OipServer[];
let gateway: TestGateway;
let database: Awaited<ReturnType<TestDatabase['start']>>;

const start = (body: object, headers = admin) => gateway.post('/rollout', { reason: 'x', ...body }, headers);
const command = (name: string, body: object = {}) => gateway.post(`/rollout/${name}`, { reason: 'x', ...body }, admin);
const report = async () => (await gateway.get('/rollout', admin)).body as RolloutReport;

describe.each(testDatabases)('a rollout in $name', (kind) => {
  beforeAll(async () => {
    database = await kind.start();
    models = await Promise.all([startOipServer(), startOipServer()]);
    gateway = await startGateway({
      models: models.map(({ url }) => url),
      env: { ...QUICK, ...(await database.fresh()) },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all(models.map((model) => model.stop()));
    await database.stop();
  });

  it('is null before the first start', async () => {
    expect(await report()).toEqual({ revision: 1, rollout: null });
  });

  it.each<[string, object, number, string]>([
    ['an unknown version', { version: 'v9' }, 400, '/version of the body names an unknown version (v9)'],
    ['an unknown baseline', { version: 'v2', baseline: 'v9' }, 400, '/baseline of the body names an unknown version'],
    ['itself as baseline', { version: 'v2', baseline: 'v2' }, 400, '/baseline of the body must be another version'],
    ['a candidate that has all', { version: 'v1' }, 409, 'No other version than v1 has weight to take from.'],
    ['steps that fall', { version: 'v2', steps: [5, 1] }, 400, '/steps'],
    ['a step of 100', { version: 'v2', steps: [5, 100] }, 400, '/steps/1'],
    ['no steps', { version: 'v2', steps: [] }, 400, '/steps'],
    ['endless minutes', { version: 'v2', step_minutes: 1e9 }, 400, '/step_minutes'],
    ['an unknown guardrail', { version: 'v2', guardrails: { luck: true } }, 400, '/guardrails'],
    [
      'no guardrail at all',
      { version: 'v2', guardrails: { errors: false, slow: false, accuracy: false } },
      400,
      '/guardrails of the body must leave at least one guardrail',
    ],
    ['an unknown field', { version: 'v2', speed: 1 }, 400, 'speed'],
    ['no reason', { version: 'v2', reason: ' ' }, 400, '/reason'],
    ['another revision', { version: 'v2', revision: 7 }, 409, 'Revision 7 is outdated'],
    ['a replay that is missing', { version: 'v2', require: 'replay' }, 409, 'replay recorded rows through it first'],
    [
      'paired proof that is missing',
      { version: 'v2', require: 'paired' },
      409,
      'let it run as shadow and send feedback',
    ],
    ['no body', [], 400, ''],
  ])('does not start with %s', async (_, body, status, detail) => {
    const answer = Array.isArray(body) ? await gateway.post('/rollout', body, admin) : await start(body);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
    expect((await report()).rollout).toBeNull();
  });

  it('needs the admin token for changes, and has none to change', async () => {
    expect((await start({ version: 'v2' }, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect(await command('abort')).toMatchObject({
      status: 409,
      body: { detail: 'No rollout runs. POST /rollout starts one.' },
    });
  });

  it('goes from step to step by what was counted, to the end, and is audited', async () => {
    const settings = {
      steps: [20, 50],
      step_minutes: 0.005,
      step_requests: 5,
      guardrails: { errors: false, accuracy: false },
    };
    const begun = await start({ version: 'v2', ...settings });
    expect(begun).toMatchObject({
      status: 200,
      body: { revision: 2, rollout: { state: 'running', percent: 20, baseline: 'v1', look: null } },
    });
    expect((await start({ version: 'v2' })).body.detail).toContain('A rollout of v2 is running.');
    await eventually(async () => {
      await Promise.all(Array.from({ length: 10 }, () => gateway.predict(1)));
      return (await report()).rollout?.state === 'done';
    });
    const done = await report();
    expect(done).toMatchObject({ revision: 4, rollout: { percent: 100, look: { guardrails: [{ name: 'slow' }] } } });
    expect(done.rollout?.moves.map(({ who, state, percent }) => [who.split('@')[0], state, percent])).toEqual([
      ['admin', 'running', 20],
      ['rollout', 'running', 50],
      ['rollout', 'done', 100],
    ]);
    expect((await gateway.get('/config')).body.weights).toEqual({ v1: 0, v2: 100 });
    const { audit } = (await gateway.get('/audit', admin)).body;
    expect(audit[0]).toMatchObject({
      ...{
        who: 'rollout',
        action: 'rollout done',
        reason: expect.stringMatching(/^50 % for .* with \d+ requests: slow:/),
      },
      ...{ revision: 4, from: { weights: { v1: 50, v2: 50 } }, to: { weights: { v1: 0, v2: 100 } } },
    });
    expect(await gateway.metric('rollout_changes_total{to="running"}')).toBe(2);
    expect(await gateway.metric('rollout_state{state="done"}')).toBe(1);
  });

  it('takes commands only where they mean something', async () => {
    await start({ version: 'v1', steps: [10] });
    expect((await command('resume')).body.detail).toBe('The rollout of v1 runs already.');
    expect((await command('promote')).body.detail).toContain('/version of the body must be v1');
    expect(await command('pause', { revision: 1 })).toMatchObject({ status: 409 });
    expect((await command('pause', { step: 5 })).body.detail).toContain(
      '/step of the body belongs to resume and promote',
    );
    expect((await command('pause')).body.rollout).toMatchObject({ state: 'paused', paused_by: 'self' });
    expect((await gateway.patch('/config', { preset: 'equal', reason: 'mine' })).status).toBe(200);
    expect((await report()).rollout).toMatchObject({ state: 'paused', paused_by: 'human' });
    expect((await command('resume')).body).toMatchObject({ errors: [{ pointer: '/step' }] });
    expect((await command('resume', { step: 10 })).body.rollout).toMatchObject({ state: 'running', percent: 10 });
    expect((await command('abort')).body.rollout).toMatchObject({
      state: 'rolled_back',
      words: 'Rolled back: v1 has no traffic: x.',
    });
    expect((await command('resume')).body.detail).toContain('The rollout of v1 has ended (rolled_back)');
    expect((await gateway.get('/config')).body.weights).toEqual({ v1: 0, v2: 100 });
  });

  it('does not start a candidate that is not ready', async () => {
    models[0]?.beReady(false);
    const isReady = async () => (await gateway.get('/config')).body.versions[0].ready as boolean;
    await eventually(async () => !(await isReady()));
    expect(await start({ version: 'v1' })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('v1 is not ready: ') },
    });
    expect((await report()).rollout?.state).toBe('rolled_back');
    models[0]?.beReady(true);
  });
});

it('is refused while nothing is recorded, for it has nothing to go by', async () => {
  const servers = await Promise.all([startOipServer(), startOipServer()]);
  gateway = await startGateway({ models: servers.map(({ url }) => url), env: { ...QUICK, RECORD: 'off' } });
  expect(await start({ version: 'v2' })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('RECORD=off') },
  });
  await gateway.stop();
  await Promise.all(servers.map((server) => server.stop()));
});
