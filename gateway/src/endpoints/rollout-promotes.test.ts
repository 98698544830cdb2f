import { releasesView } from '@coppice/contract';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
const env = { MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0', ROLLOUT_LOOK_SECONDS: '0.1' };
let fleet: ReleaseFleet;
let gateway: TestGateway;

const post = (path: string, body: object) => gateway.post(`/releases/${path}`, { reason: 'because', ...body }, admin);
const view = async () => releasesView.parse((await gateway.get('/releases')).body);
const weights = async () => (await gateway.get('/config')).body.weights;
const audit = async () =>
  ((await gateway.get('/audit', admin)).body.audit as { who: string; action: string; reason: string }[]).map(
    ({ who, action, reason }) => [who, action, reason],
  );

beforeEach(async () => {
  fleet = await startReleaseFleet();
  gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder, ...env } });
});
afterEach(async () => {
  await gateway.stop();
  await fleet.stop();
});

describe('a rollout that promotes', () => {
  const start = (body: object = {}) =>
    gateway.post('/rollout', { version: 'v2', reason: 'fresh data', promote: true, ...body }, admin);
  const toTheEnd = () => gateway.post('/rollout/promote', { step: 100, version: 'v2', reason: 'sure' }, admin);
  const rollout = async () => (await gateway.get('/rollout')).body.rollout;

  it('does not start without approval, or for a version that does not serve the challenger', async () => {
    expect(await start()).toMatchObject({
      status: 409,
      body: { detail: 'Release 2 cannot be promoted: release 2 is not approved.' },
    });
    await gateway.patch('/config', { preset: 'full', reason: 'x' });
    expect((await start({ version: 'v1' })).body.detail).toBe('v1 serves release 1, and the challenger is release 2.');
    expect(await rollout()).toBeNull();
  });

  it('makes its release champion at the end, and is as it ended when that is taken back', async () => {
    await post('approve', { release: 2 });
    expect((await start()).body.rollout.promote).toEqual({ release: 2, state: 'waits' });
    expect((await post('promote', { release: 2 })).body.detail).toContain('a rollout of v2 is running');
    await toTheEnd();
    await until(async () => expect((await rollout()).promote.state).toBe('promoted'));
    await until(async () => expect(await weights()).toEqual({ v1: 100, v2: 0 }));
    await until(async () => expect((await view()).pending).toBeNull());
    expect(await view()).toMatchObject({ champion: 2, previous: { weights: { v1: 0, v2: 100 } } });
    expect((await audit())[0]).toEqual(['rollout', 'promote release 2', 'fresh data']);
    expect(await gateway.metric('rollout_changes_total{to="done"}')).toBe(1);

    const before = await rollout();
    await gateway.patch('/config', { preset: 'rollback', reason: 'bad' });
    expect(await view()).toMatchObject({ champion: 1, pending: null });
    expect(await weights()).toEqual({ v1: 100, v2: 0 });
    expect(await rollout()).toEqual(before);
  });

  it('says why its release is not champion yet, and tries again', async () => {
    await post('approve', { release: 2 });
    await start();
    await post('reject', { release: 2, reason: 'one more look' });
    await toTheEnd();
    await until(async () =>
      expect((await rollout()).moves.at(-1)).toMatchObject({
        who: 'rollout',
        reason: 'release 2 is not promoted yet: release 2 was rejected by admin@127.0.0.1: one more look',
      }),
    );
    await post('approve', { release: 2 });
    await until(async () => expect((await view()).champion).toBe(2));
  });
});
