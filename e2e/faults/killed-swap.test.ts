import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { Pool } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { Program } from './program.ts';
import { Gateway, until } from './stack.ts';

/** Milliseconds after an alias moved at which the server that follows it is killed: it looks each second, and swaps in some 100 ms. */
const MOMENTS = [0, 100, 200, 300, 400, 500, 600, 700, 800, 850, 900, 950, 1000, 1050, 1100, 1200, 1400];
const artifacts = fileURLToPath(new URL('../../artifacts', import.meta.url));
const by = { who: 'test', reason: '' };

it('a model server that is killed at any step of a swap serves a whole release at its next start, the registry away or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-killed-swap-'));
  const [place, away] = [join(folder, 'registry'), join(folder, 'away')];
  mkdirSync(place);
  const registry = new Registry(new FolderStore(place), { model: 'iris' });
  for (const version of ['v1', 'v2']) {
    const file = (name: string) => [name, readFileSync(join(artifacts, version, name))] as const;
    const files = new Map([file('model.onnx'), file('model-card.json')]);
    await registry.publish({ files, lineage: { data: null, commit: null, parent: null }, who: 'test' });
  }
  await registry.begin([1, 2], 'example', by);
  const server = (version: string, alias: string) =>
    new Program('models/src/main.ts', 'PORT', {
      ...{ MODEL_SOURCE: `registry:iris@${alias}`, REGISTRY_URL: place, MODEL_VERSION: version },
      MODEL_KEEP_DIR: join(folder, 'kept'),
    });
  const [v1, v2] = [server('v1', 'champion'), server('v2', 'challenger')];
  await Promise.all([v1.start(), v2.start()]);
  const gateway = new Gateway({
    ...{ MODEL_V1_URL: v1.url, MODEL_V2_URL: v2.url, DATA_DIR: join(folder, 'data') },
    ADMIN_TOKEN: 'token-of-the-fault-tests',
  });
  await gateway.start();
  let going = true;
  onTestFinished(async () => {
    going = false;
    for (const program of [gateway, v1, v2]) await program.end();
    rmSync(folder, { recursive: true, force: true });
  });
  await until('all versions are ready', async () => (await gateway.ready()).status === 'ready');

  const pool = new Pool(gateway.url, { connections: 2 });
  const answered = new Map<string, number>();
  let failed = 0;
  const clients = Array.from({ length: 2 }, async () => {
    while (going) {
      const { statusCode, headers, body } = await pool.request({
        ...{ path: '/predict', method: 'POST', headers: { 'content-type': 'application/json' } },
        body: '{"features":[5.1,3.5,1.4,0.2]}',
      });
      const answer = (await body.json()) as { class: string };
      if (statusCode !== 200 || answer.class !== 'setosa') failed++;
      const by = `${headers['x-model-version']} ${headers['x-model-release']}`;
      answered.set(by, (answered.get(by) ?? 0) + 1);
      await sleep(5);
    }
  });

  const served = async () =>
    Number((await fetch(`${v2.url}/model-info`).catch(() => null))?.headers.get('x-model-release') ?? 0);
  const left = { old: 0, new: 0 };
  for (const [i, moment] of MOMENTS.entries()) {
    const from = (await registry.current()).state.aliases.challenger;
    const to = from === 1 ? 2 : 1;
    await registry.setAlias('challenger', to, by);
    await sleep(moment);
    await v2.signal('SIGKILL');
    const isAway = i % 2 === 0;
    if (isAway) renameSync(place, away);
    try {
      await v2.start();
      await until('it serves', async () => (await served()) > 0);
      const release = await served();
      expect(isAway ? [from, to] : [to], `${moment} ms`).toContain(release);
      left[release === from ? 'old' : 'new']++;
    } finally {
      if (isAway) renameSync(away, place);
    }
    await until(`release ${to} is served`, async () => (await served()) === to);
  }
  going = false;
  await Promise.all(clients);
  await pool.close();
  printFigures(`${MOMENTS.length} kills of a model server during a swap, every other start without the registry`, {
    ...{ 'served at the next start': `the old release ${left.old} ×, the new one ${left.new} ×`, failed },
    'answered by version and release': JSON.stringify(Object.fromEntries(answered)),
  });
  expect(failed).toBe(0);
  expect([...answered.keys()].every((one) => /^v[12] [12]$/.test(one))).toBe(true);
});
