import type { Registry } from '@coppice/registry/registry';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Retraining } from '../releases/retraining.ts';

const job = {
  ...{ cause: { kind: 'alert' as const, text: 'ModelDrift' }, who: 'test', state: 'refused' as const },
  ...{ started_at: '2026-03-01T00:00:00.000Z', ended_at: '2026-03-01T00:00:04.000Z' },
  ...{ decision: '12 rows with feedback, 200 needed.', release: null, rows: null, gate: [], data: null },
};

describe('GET /retraining', () => {
  let fleet: ReleaseFleet;
  let gateway: TestGateway;
  beforeEach(async () => {
    fleet = await startReleaseFleet();
    gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder } });
  });
  afterEach(async () => {
    await gateway.stop();
    await fleet.stop();
  });

  it('shows the jobs that the registry has, the newest first, and one with its log', async () => {
    expect((await gateway.get('/retraining')).body).toEqual({ jobs: [], trouble: null });
    await fleet.registry.beginJob(job);
    const second = await fleet.registry.beginJob(job);
    await fleet.registry.keepJobLog(2, ['one', 'two']);
    expect((await gateway.get('/retraining?limit=1')).body).toEqual({ jobs: [second], trouble: null });
    expect((await gateway.get('/retraining/2')).body).toEqual({ ...second, log: ['one', 'two'] });
  });

  it('refuses what is no job, and a limit that is none', async () => {
    for (const id of ['1', '0', '-1', 'x', '999999999'])
      expect((await gateway.get(`/retraining/${id}`)).status).toBe(404);
    expect((await gateway.get('/retraining?limit=0')).status).toBe(400);
  });
});

it('shows what it read last while the registry is away, and why', async () => {
  let isAway = false;
  const jobs = async () => [
    { ...job, id: 2, model: 'iris' },
    { ...job, id: 1, model: 'iris' },
  ];
  const retraining = new Retraining(async (work) => {
    if (isAway) throw new StoreUnavailableError('the registry cannot be reached');
    return work({ jobs } as unknown as Registry);
  });
  await retraining.view(20);
  isAway = true;
  expect(await retraining.view(1)).toEqual({
    jobs: [{ ...job, id: 2, model: 'iris' }],
    trouble: 'the registry cannot be reached',
  });
  await expect(retraining.job(2)).rejects.toThrow(StoreUnavailableError);
});

it('has no jobs without a registry', async () => {
  const fleet = await startReleaseFleet();
  const gateway = await startGateway({ models: fleet.models });
  try {
    expect((await gateway.get('/retraining')).body).toEqual({ jobs: [], trouble: null });
    expect((await gateway.get('/retraining/1')).status).toBe(404);
  } finally {
    await gateway.stop();
    await fleet.stop();
  }
});
