import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iris, startModelServer } from '@coppice/testkit/model-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { expect, it, onTestFinished } from 'vitest';

it('reads back after a restart what the versions of now answered, and nothing of the models before', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-restart-'));
  const [one, other] = await Promise.all(
    [0, 1].map((shift) => startModelServer({ version: `v${shift + 1}`, names: iris, shift })),
  );
  if (!one || !other) throw new Error('no servers');
  onTestFinished(async () => {
    await Promise.all([one.stop(), other.stop()]);
    rmSync(DATA_DIR, { recursive: true, force: true });
  });
  const open = (models: string[]) =>
    startGateway({ models, features: 4, env: { DATA_DIR, MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0' } });
  const samples = async (gateway: Awaited<ReturnType<typeof open>>, expected: number) =>
    until(async () => expect((await gateway.get('/drift')).body.samples).toBe(expected));

  const first = await open([one.url]);
  for (let i = 0; i < 3; i++) await first.predict(i);
  await samples(first, 3);
  await first.stop({ keepData: true });

  const same = await open([one.url]);
  await samples(same, 3);
  await same.stop({ keepData: true });

  const replaced = await open([other.url]);
  await replaced.predict(1);
  await samples(replaced, 1);
  await replaced.stop();
});

it('knows after a restart since when there is drift', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-since-'));
  const server = await startModelServer({ version: 'v1', names: iris, shift: 0 });
  onTestFinished(async () => {
    await server.stop();
    rmSync(DATA_DIR, { recursive: true, force: true });
  });
  const env = { DATA_DIR, DRIFT_WINDOW: '60', DRIFT_MIN_SAMPLES: '50' };
  const open = () => startGateway({ models: [server.url], features: 4, env });
  const since = async (gateway: Awaited<ReturnType<typeof open>>) => {
    let found: unknown;
    await until(async () => {
      found = (await gateway.get('/drift')).body.since;
      expect(found).toEqual(expect.any(String));
    });
    return found;
  };

  const first = await open();
  for (let i = 0; i < 60; i++) await first.predict(1000 + i);
  const before = await since(first);
  await first.stop({ keepData: true });
  const again = await open();
  expect(await since(again)).toBe(before);
  await again.stop();
});
