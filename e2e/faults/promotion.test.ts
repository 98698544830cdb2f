import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReleasesView, releasesView } from '@coppice/contract';
import { startReleaseFleet } from '@coppice/testkit/release-fleet';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { Gateway, until } from './stack.ts';

const TOKEN = 'token-of-the-fault-tests';
/** Milliseconds after the request at which the gateway is killed, beside the steps that are waited for. */
const MOMENTS = [0, 3, 6, 10, 15, 25, 50, 100, 200, 400, 700, 1000];
const before = { v1: 90, v2: 10 };
const after = { v1: 100, v2: 0 };

it('a gateway that is killed at any step of a promotion or rollback leaves the old or the new, and goes on at its next start', async () => {
  const fleet = await startReleaseFleet();
  const folder = mkdtempSync(join(tmpdir(), 'coppice-promotion-'));
  const [v1, v2] = fleet.models;
  const gateway = new Gateway({
    ...{ MODEL_V1_URL: v1 as string, MODEL_V2_URL: v2 as string, MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10' },
    ...{ DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: TOKEN, REGISTRY_URL: fleet.folder },
  });
  onTestFinished(async () => {
    await gateway.end();
    await fleet.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const view = async () => releasesView.parse(await gateway.get('/releases'));
  const weights = async () => (await gateway.config()).weights;
  const send = (change: 'promote' | 'rollback') =>
    fetch(`${gateway.url}/releases/${change}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ reason: 'x', ...(change === 'promote' ? { release: 2, approve: true } : {}) }),
    });
  const registry = fleet.open();
  const answersBy = async (release: string) =>
    (await fetch(`${v1}/model-info`)).headers.get('x-model-release') === release;
  const revision = (await registry.current()).revision;

  /** When to kill, by what is seen from outside. */
  const steps: Record<string, (change: 'promote' | 'rollback', from: number) => Promise<void>> = {
    'the registry is changed': (_, from) => until('it is', async () => (await registry.current()).revision > from),
    'the model server has switched': (change) => until('it has', () => answersBy(change === 'promote' ? '2' : '1')),
    'the change is finished': (_, from) => until('it is', async () => (await registry.current()).revision >= from + 2),
    ...Object.fromEntries(MOMENTS.map((ms) => [`${ms} ms have passed`, () => sleep(ms)])),
  };

  const left = { old: 0, pending: 0, new: 0 };
  await gateway.start();
  await until('v1 serves the champion', async () => (await view()).serving[0]?.release === 1);
  expect(revision).toBe(1);
  for (const [name, reached] of Object.entries(steps))
    for (const change of ['promote', 'rollback'] as const) {
      const from = await registry.current();
      const [old, next] = change === 'promote' ? [1, 2] : [2, 1];
      expect(from.state, name).toMatchObject({ aliases: { champion: old, challenger: 2 }, pending: null });
      const answer = send(change).catch(() => null);
      await reached(change, from.revision);
      await gateway.signal('SIGKILL');
      await answer;

      const { state } = await fleet.open().current();
      const isOld = state.aliases.champion === old;
      left[isOld ? 'old' : state.pending ? 'pending' : 'new']++;
      expect(state.aliases, name).toEqual({ champion: isOld ? old : next, challenger: 2 });
      expect(state.pending?.release ?? null, name).toBe(isOld || !state.pending ? null : next);

      await gateway.start();
      await until('v1 serves the champion', async () => {
        const { champion, serving, pending } = await view();
        return pending === null && champion === serving[0]?.release;
      });
      if (isOld) {
        // nothing of it was done, and it can be done now
        expect((await send(change)).status, name).toBe(200);
      }
      await until('it is finished', async () => (await view()).pending === null);
      const done: ReleasesView = await view();
      expect(done, name).toMatchObject({ champion: next, challenger: 2, serving: [{ release: next }, { release: 2 }] });
      expect(await weights(), name).toEqual(after);
      if (change === 'rollback') await gateway.retune({ weights: before });
    }
  const audit = await gateway.get<{ audit: { action: string }[] }>('/audit?limit=1000');
  const promotions = audit.audit.filter(({ action }) => action === 'promote release 2').length;
  expect(promotions, 'each promotion set the weights once').toBe(Object.keys(steps).length);
  printFigures('gateways killed while they promote and roll back', left);
  // so that each of them was seen
  expect(Math.min(...Object.values(left))).toBeGreaterThan(0);
});
