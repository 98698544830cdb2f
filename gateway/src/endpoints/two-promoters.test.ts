import { releasesView } from '@coppice/contract';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
let postgres: ThrowawayPostgres;
let fleet: ReleaseFleet;
let gateways: TestGateway[];
let databases = 0;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  fleet = await startReleaseFleet();
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await fleet.stop();
});

const shared = async () => ({ DATABASE_URL: await postgres.createDatabase(`promoters${++databases}`) });
/** Two gateways on the same registry. */
async function start(env: Record<string, string>) {
  const settings = { REGISTRY_URL: fleet.folder, MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10', ...env };
  gateways = await Promise.all([0, 1].map(() => startGateway({ models: fleet.models, env: settings })));
}
const post = (gateway: TestGateway, path: string, body: object) =>
  gateway.post(`/releases/${path}`, { reason: 'because', ...body }, admin);
const atOnce = async (path: string, body: object) =>
  (await Promise.all(gateways.map((gateway) => post(gateway, path, body)))).map(({ status }) => status).sort();
const view = async (gateway: TestGateway) => releasesView.parse((await gateway.get('/releases')).body);
const weights = async (gateway: TestGateway) => (await gateway.get('/config')).body.weights;

describe('two gateways that promote at once', () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ['on one PostgreSQL', shared],
    ['with a database each', async () => ({})],
  ])('%s: one does, and the other one gets a 409', async (_, env) => {
    await start(await env());
    expect(await atOnce('promote', { release: 2, approve: true, revision: 1 })).toEqual([200, 409]);
    for (const gateway of gateways)
      await until(async () => expect(await view(gateway)).toMatchObject({ champion: 2, challenger: 2, pending: null }));
    const changes = (await fleet.registry.audit()).map(({ action }) => action);
    expect(changes).toEqual(['finish', 'promote', 'alias']);
    expect(await atOnce('rollback', { revision: 3 })).toEqual([200, 409]);
    await until(async () =>
      expect(await view(gateways[0] as TestGateway)).toMatchObject({ champion: 1, pending: null }),
    );
    expect((await fleet.registry.audit()).map(({ action }) => action)).toEqual(['finish', 'rollback', ...changes]);
  });

  it('set the weights once, and both have them', async () => {
    await start(await shared());
    await atOnce('promote', { release: 2, approve: true });
    for (const gateway of gateways) await until(async () => expect(await weights(gateway)).toEqual({ v1: 100, v2: 0 }));
    const { audit } = (await (gateways[0] as TestGateway).get('/audit', admin)).body;
    expect(audit.filter(({ action }: { action: string }) => action === 'promote release 2')).toHaveLength(1);
  });
});

it('a gateway finishes what another one on its registry began and left', async () => {
  await start(await shared());
  const [one, other] = gateways as [TestGateway, TestGateway];
  await post(one, 'approve', { release: 2 });
  // as a gateway that ends after its change of the registry
  await fleet
    .open()
    .promote(
      { release: 2, weights: { v1: 90, v2: 10 }, approval: 'required', sets: { v1: 100, v2: 0 } },
      { who: 'ann', reason: 'better' },
    );
  await until(async () => expect(await view(other)).toMatchObject({ champion: 2, pending: null }));
  expect(await weights(other)).toEqual({ v1: 100, v2: 0 });
  const { audit } = (await other.get('/audit', admin)).body;
  expect(audit[0]).toMatchObject({ who: 'ann', action: 'promote release 2', reason: 'better' });
});
