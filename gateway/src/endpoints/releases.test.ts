import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { releasesView } from '@coppice/contract';
import { startModelServer } from '@coppice/testkit/model-server';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
const by = { who: 'test', reason: '' };
let fleet: ReleaseFleet;
let gateway: TestGateway;

const post = (path: string, body: object, headers = admin) =>
  gateway.post(`/releases/${path}`, { reason: 'because', ...body }, headers);
const view = async (query = '') => releasesView.parse((await gateway.get(`/releases${query}`)).body);
const weights = async () => (await gateway.get('/config')).body.weights;
const answeredBy = async (version: string) =>
  (await gateway.predict(0, { 'X-Model-Version': version })).headers.get('x-model-release');
const audit = async () =>
  ((await gateway.get('/audit', admin)).body.audit as { who: string; action: string; reason: string }[]).map(
    ({ who, action, reason }) => [who, action, reason],
  );

beforeEach(async () => {
  fleet = await startReleaseFleet();
  gateway = await startGateway({
    models: fleet.models,
    env: { REGISTRY_URL: fleet.folder, MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10' },
  });
});
afterEach(async () => {
  await gateway.stop();
  await fleet.stop();
});

describe('GET /releases', () => {
  it('shows the registry, and what each version serves of it', async () => {
    const shown = await view();
    expect(shown).toMatchObject({
      ...{ registry: fleet.folder, model: 'iris', revision: 1, champion: 1, challenger: 2 },
      ...{ previous: null, pending: null, trouble: null, gate: { on: false, approval: 'person', lines: [] } },
      serving: [
        { version: 'v1', release: 1, alias: 'champion' },
        { version: 'v2', release: 2, alias: 'challenger' },
      ],
    });
    expect(shown.releases.map(({ number, aliases }) => [number, aliases])).toEqual([
      [3, []],
      [2, ['challenger']],
      [1, ['champion']],
    ]);
    expect(await gateway.metric('model_release_number{version="v2"}')).toBe(2);
  });

  it('has few when asked for few, and always those with an alias', async () => {
    await fleet.registry.setAlias('challenger', null, by);
    await until(async () => expect((await view('?limit=1')).releases.map(({ number }) => number)).toEqual([3, 2, 1]));
    expect((await gateway.get('/releases?limit=0')).status).toBe(400);
  });

  it('names releases by what predictions are recorded with', async () => {
    const { body } = await gateway.predict(0, { 'X-Model-Version': 'v2' });
    await until(async () => {
      const row = (await gateway.get(`/predictions/${body.prediction_id}`)).body;
      const { releases } = await view();
      expect(releases.find(({ card_sha256 }) => card_sha256 === row.release)).toBeDefined();
    });
  });

  it('keeps what it saw last while the registry is away, says why, and refuses changes until it is back', async () => {
    const before = await view();
    const changes = join(fleet.folder, 'iris/changes');
    renameSync(changes, `${changes}-away`);
    symlinkSync(changes, changes);
    const away = await view();
    expect(away).toEqual({ ...before, trouble: expect.stringContaining('ELOOP') });
    expect(await post('approve', { release: 2 })).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('The registry is away: ') },
    });
    expect((await gateway.get('/releases/audit', admin)).status).toBe(503);
    expect((await gateway.predict(0)).status).toBe(200);
    unlinkSync(changes);
    renameSync(`${changes}-away`, changes);
    expect((await post('approve', { release: 2 })).status).toBe(200);
  });
});

describe('a promotion', () => {
  it('makes v1 serve the challenger, gives it all weight in one audited step, and is taken back with the weights', async () => {
    expect(await post('promote', { release: 2 })).toMatchObject({
      status: 409,
      body: { detail: 'Release 2 is not promoted: release 2 is not approved.' },
    });
    const promoted = await post('promote', { release: 2, approve: true, reason: 'better', revision: 1 });
    expect(promoted).toMatchObject({
      status: 200,
      body: {
        ...{ champion: 2, challenger: 2, pending: null },
        previous: { champion: 1, challenger: 2, weights: { v1: 90, v2: 10 } },
        serving: [
          { version: 'v1', release: 2, alias: 'champion' },
          { version: 'v2', release: 2, alias: 'challenger' },
        ],
      },
    });
    expect(await weights()).toEqual({ v1: 100, v2: 0 });
    expect(await answeredBy('v1')).toBe('2');
    expect(await post('promote', { release: 2 })).toMatchObject({
      status: 409,
      body: { detail: 'Release 2 is not promoted: release 2 is champion already.' },
    });

    const back = await post('rollback', { reason: 'wrong answers' });
    expect(back).toMatchObject({
      status: 200,
      body: { champion: 1, challenger: 2, pending: null, previous: null, serving: [{ release: 1 }, { release: 2 }] },
    });
    // v2 would serve the release that is taken out
    expect(await weights()).toEqual({ v1: 100, v2: 0 });
    expect(await answeredBy('v1')).toBe('1');
    expect((await post('rollback', {})).body.detail).toBe('There is no earlier champion to go back to.');

    const who = 'admin@127.0.0.1';
    expect((await audit()).slice(0, 2)).toEqual([
      [who, 'rollback to release 1', 'wrong answers'],
      [who, 'promote release 2', 'better'],
    ]);
    const { body } = await gateway.get('/releases/audit', admin);
    expect(body.audit.map((change: { what: string; who: string }) => [change.who, change.what])).toEqual([
      [who, 'the rollback to release 1 is finished'],
      [who, 'champion: 2 → 1'],
      [who, 'the promotion of release 2 is finished'],
      [who, 'release 2 is approved; champion: 1 → 2'],
      ['test', 'champion: none → 1, challenger: none → 2'],
    ]);
  });

  it('is taken back by the preset rollback, release and weights', async () => {
    await post('promote', { release: 2, approve: true });
    expect(await answeredBy('v1')).toBe('2');
    const stale = await gateway.patch('/config', { preset: 'rollback', reason: 'bad', revision: 1 });
    expect(stale.status).toBe(409);
    const answer = await gateway.patch('/config', { preset: 'rollback', reason: 'bad', shadow: 'v2' });
    expect(await answer.json()).toMatchObject({ weights: { v1: 100, v2: 0 }, shadow: 'v2' });
    expect(await answeredBy('v1')).toBe('1');
    expect((await view()).champion).toBe(1);
    // there is nothing more to take back: weights alone
    await gateway.patch('/config', { preset: 'full', reason: 'x' });
    expect((await gateway.patch('/config', { preset: 'rollback', reason: 'x' })).status).toBe(200);
    expect([await weights(), (await view()).champion]).toEqual([{ v1: 100, v2: 0 }, 1]);
  });

  it('is taken back by weights at least while the registry is away, and says what is missing', async () => {
    await post('promote', { release: 2, approve: true });
    await gateway.patch('/config', { preset: 'equal', reason: 'x' });
    const changes = join(fleet.folder, 'iris/changes');
    renameSync(changes, `${changes}-away`);
    symlinkSync(changes, changes);
    const answer = await gateway.patch('/config', { preset: 'rollback', reason: 'bad', shadow: 'v2' });
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      {
        detail: expect.stringMatching(
          /^The registry is away: .*ELOOP.*; weights are rolled back, and release 2 stays champion$/,
        ),
      },
    ]);
    expect((await gateway.get('/config')).body).toMatchObject({ weights: { v1: 100, v2: 0 }, shadow: 'v2' });
    unlinkSync(changes);
    renameSync(`${changes}-away`, changes);
    expect((await gateway.patch('/config', { preset: 'rollback', reason: 'bad' })).status).toBe(200);
    expect([await weights(), (await view()).champion]).toEqual([{ v1: 100, v2: 0 }, 1]);
  });

  it('leaves release and weights as they are when the preset comes after a new challenger', async () => {
    await post('promote', { release: 2, approve: true });
    await post('alias', { alias: 'challenger', release: 3 });
    await gateway.patch('/config', { preset: 'equal', reason: 'x' });
    await gateway.patch('/config', { preset: 'rollback', reason: 'x' });
    expect([await weights(), (await view()).champion]).toEqual([{ v1: 100, v2: 0 }, 2]);
  });

  it('waits for a version that is down, and is finished once that serves it', async () => {
    const [v1] = fleet.servers;
    await v1?.kill();
    const answer = post('promote', { release: 2, approve: true });
    await until(async () => expect((await view()).pending).toMatchObject({ change: 'promote', release: 2 }));
    expect(await weights()).toEqual({ v1: 90, v2: 10 });
    expect((await post('promote', { release: 2 })).body.detail).toBe(
      'Release 2 is not promoted: the promotion of release 2 is not finished yet.',
    );
    fleet.servers[0] = await startModelServer({
      ...{ version: 'v1', port: v1?.port as number, registry: { folder: fleet.folder, alias: 'champion' } },
    });
    await answer;
    await until(async () => expect((await view()).pending).toBeNull());
    expect(await weights()).toEqual({ v1: 100, v2: 0 });
  });

  it('is taken back even while it is not finished', async () => {
    const [v1] = fleet.servers;
    await v1?.kill();
    const answers = [post('promote', { release: 2, approve: true })];
    await until(async () => expect((await view()).pending?.change).toBe('promote'));
    answers.push(post('rollback', {}));
    await until(async () => expect((await view()).pending?.change).toBe('rollback'));
    fleet.servers[0] = await startModelServer({
      ...{ version: 'v1', port: v1?.port as number, registry: { folder: fleet.folder, alias: 'champion' } },
    });
    await Promise.all(answers);
    await until(async () => expect(await view()).toMatchObject({ champion: 1, challenger: 2, pending: null }));
    expect(await weights()).toEqual({ v1: 100, v2: 0 });
    expect((await audit()).map(([, action]) => action)).not.toContain('promote release 2');
  });
});

describe('changes of releases', () => {
  const wrong: [string, string, object, number, string][] = [
    ['an unknown release', 'approve', { release: 9 }, 400, '/release of the body is unknown: iris has no release 9.'],
    ['an unknown challenger', 'alias', { alias: 'challenger', release: 9 }, 400, '/release of the body is unknown'],
    ['the champion by hand', 'alias', { alias: 'champion', release: 2 }, 400, '/alias'],
    ['no reason', 'promote', { release: 2, reason: ' ' }, 400, '/reason'],
    ['no release', 'promote', {}, 400, '/release'],
    ['another field', 'rollback', { release: 2 }, 400, 'release'],
    [
      'another revision',
      'reject',
      { release: 2, revision: 7 },
      409,
      'Revision 7 of the registry is outdated: 1 is current.',
    ],
    ['another revision too', 'promote', { release: 2, revision: 0 }, 409, 'Revision 0 of the registry is outdated'],
    ['what is no challenger', 'promote', { release: 3, approve: true }, 409, 'that is release 2'],
    ['nothing to take back', 'rollback', {}, 409, 'There is no earlier champion to go back to.'],
  ];

  it('refuse what is wrong, and leave all as it was', async () => {
    for (const [what, path, body, status, detail] of wrong)
      expect(await post(path, body), what).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
    expect((await view()).revision).toBe(1);
  });

  it('need the admin token', async () => {
    for (const path of ['promote', 'rollback', 'approve', 'reject', 'alias'])
      expect((await post(path, { release: 2 }, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await gateway.get('/releases/audit')).status).toBe(401);
  });

  it('approve, reject, and move the challenger, which its version takes up', async () => {
    expect((await post('reject', { release: 2, reason: 'slow' })).body.releases[1].approval).toMatchObject({
      ...{ approved: false, who: 'admin@127.0.0.1', reason: 'slow' },
    });
    expect((await post('promote', { release: 2 })).body.detail).toContain('rejected by admin@127.0.0.1: slow');
    expect((await post('approve', { release: 2 })).body.releases[1].approval.approved).toBe(true);
    expect((await post('alias', { alias: 'challenger', release: 3 })).body.challenger).toBe(3);
    await until(async () => expect(await answeredBy('v2')).toBe('3'));
    await until(async () =>
      expect((await view()).serving[1]).toEqual({ version: 'v2', release: 3, alias: 'challenger' }),
    );
    expect((await post('alias', { alias: 'challenger', release: null })).body.challenger).toBeNull();
  });
});

it('without a registry, shows none and says which setting is missing', async () => {
  const alone = await startGateway({ models: fleet.models });
  try {
    expect(releasesView.parse((await alone.get('/releases')).body)).toMatchObject({
      ...{ registry: null, revision: 0, champion: null, releases: [], trouble: null },
      serving: [{ version: 'v1', release: 1, alias: null }, { version: 'v2' }],
    });
    expect((await alone.get('/releases/audit', admin)).body).toEqual({ audit: [] });
    expect(await alone.post('/releases/promote', { release: 2, reason: 'x' }, admin)).toMatchObject({
      status: 409,
      body: { detail: 'This gateway has no registry: REGISTRY_URL, which says where the releases are, is not set.' },
    });
    expect((await alone.patch('/config', { preset: 'rollback', reason: 'x' })).status).toBe(200);
  } finally {
    await alone.stop();
  }
});
