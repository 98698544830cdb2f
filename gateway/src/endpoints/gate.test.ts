import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { judgedReport } from '@coppice/testkit/judged-report';
import { startModelServer } from '@coppice/testkit/model-server';
import { releaseFiles } from '@coppice/testkit/release-files';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const by = { who: 'ana', reason: 'looks right' };
const poor = judgedReport({
  confusion: [
    [15, 0],
    [9, 6],
  ],
});

let folder: string;
let home: string;
let registry: Registry;
let servers: Awaited<ReturnType<typeof startModelServer>>[];
let gateway: TestGateway;

async function publish(shift: number, report = judgedReport()) {
  const files = releaseFiles({ features: ['x0', 'x1'], classes: ['a', 'b'], shift, report });
  return registry.publish({ files, lineage: { data: null, commit: null, parent: null }, who: 'test' });
}

/** Release 1 is champion in v1, 2 the challenger in v2. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'coppice-gate-'));
  folder = join(home, 'registry');
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  await publish(0);
  await publish(1);
  await registry.setAlias('champion', 1, by);
  await registry.setAlias('challenger', 2, by);
  servers = [
    await startModelServer({ version: 'v1', registry: { folder, alias: 'champion' } }),
    await startModelServer({ version: 'v2', registry: { folder, alias: 'challenger' } }),
  ];
  writeFileSync(join(home, 'gate.txt'), '# what a release must hold\naccuracy >= 0.9\nrecall[b] >= 0.6\n');
});
afterEach(async () => {
  await gateway.stop();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(home, { recursive: true });
});

async function start(env: Record<string, string> = {}) {
  gateway = await startGateway({
    models: servers.map(({ url }) => url),
    env: { GATE: 'on', GATE_FILE: join(home, 'gate.txt'), REGISTRY_URL: folder, ...env },
  });
}

/** Which versions answer 40 requests, 20 of them of users. */
async function answering(): Promise<string> {
  const names = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const { status, body } = await gateway.predict(0, {}, i % 2 ? { user: `user-${i}` } : {});
    expect(status).toBe(200);
    names.add(body.model_version);
  }
  return [...names].sort().join();
}

const versionsOf = async () => (await gateway.get('/ready')).body.versions;
const epochs = async () => (await gateway.get('/performance')).body.epochs;
async function patch(body: object) {
  const answer = await gateway.patch('/config', { reason: 'test', ...body });
  return { status: answer.status, body: await answer.json() };
}

describe('a gateway with GATE=on', () => {
  it('gives a release traffic once it passes and is approved, and none once it is rejected', async () => {
    await start();
    expect(await answering()).toBe('v1');
    await until(async () =>
      expect(await versionsOf()).toMatchObject([
        { version: 'v1', weight: 50, share: 1, reason: null },
        {
          ...{ version: 'v2', weight: 50, share: 0, ready: true },
          reason: 'Release 2 is not approved: npm run registry -- approve 2',
        },
      ]),
    );
    expect((await gateway.get('/ready')).body.status).toBe('ready');

    await registry.judge(2, true, by);
    await until(async () => expect(await answering()).toBe('v1,v2'));
    expect(await versionsOf()).toMatchObject([{ share: 0.5 }, { share: 0.5, reason: null }]);

    await registry.judge(2, false, { ...by, reason: 'unfair' });
    await until(async () => expect((await versionsOf())[1].reason).toBe('Release 2 was rejected by ana: unfair'));
    expect(await answering()).toBe('v1');

    // epochs of their own, in one period: the control state did not change, and no comparison adds them up
    await until(async () =>
      expect((await epochs()).map(({ weights }: { weights: object }) => weights)).toEqual([
        { v1: 50, v2: 0 },
        { v1: 50, v2: 50 },
      ]),
    );
    expect((await gateway.get('/performance')).body).toMatchObject({
      comparable: false,
      changes: [{ what: 'weights' }],
    });
    expect((await gateway.get('/config')).body).toMatchObject({ revision: 1, weights: { v1: 50, v2: 50 } });
  });

  it('refuses weight for a release with the failing line and by how much, and allows shadow and less weight', async () => {
    await publish(1, poor);
    await registry.setAlias('challenger', 3, by);
    await registry.judge(3, true, by);
    await start({ MODEL_V1_WEIGHT: '80', MODEL_V2_WEIGHT: '20' });
    const why = "Release 3 does not pass the gate's line “accuracy >= 0.9” (0.700, 0.200 short), and fails 1 more line";
    await until(async () => expect((await versionsOf())[1].reason).toBe(why));
    expect(await patch({ weights: { v1: 50, v2: 50 } })).toMatchObject({
      status: 409,
      body: {
        detail: `v2 may get no more weight: ${why}. Shadow and replay are allowed.`,
        errors: [{ pointer: '/weights/v2' }],
      },
    });
    expect(await patch({ preset: 'full' })).toMatchObject({ status: 409, body: { errors: [{ pointer: '/preset' }] } });
    const rollout = await gateway.post(
      '/rollout',
      { version: 'v2', reason: 'test' },
      { authorization: 'Bearer test-admin-token' },
    );
    expect(rollout).toMatchObject({ status: 409, body: { detail: `v2 is not ready: ${why}.` } });
    expect(await patch({ shadow: 'v2' })).toMatchObject({ status: 200, body: { shadow: 'v2' } });
    expect(await patch({ weights: { v1: 90, v2: 10 } })).toMatchObject({ status: 200 });
    expect(await patch({ preset: 'rollback' })).toMatchObject({ status: 200 });
    expect((await gateway.predict(0, { 'X-Model-Version': 'v2' })).body.model_version).toBe('v2');
    expect(await answering()).toBe('v1');
  });

  it('lets the champion answer where only releases that did not pass have weight, and none by another way', async () => {
    await start({ MODEL_V1_WEIGHT: '0', MODEL_V2_WEIGHT: '100', GATE_FILE: '' });
    expect(await answering()).toBe('v1');
    // the champion is down: nobody else may answer
    await (servers[0] as { kill(): Promise<void> }).kill();
    await until(async () => expect((await versionsOf())[0].ready).toBe(false));
    expect((await gateway.predict(0)).status).toBe(503);
    expect((await gateway.get('/ready')).status).toBe(503);
  });

  it('keeps a release out that comes in under load, without a failed request', async () => {
    await registry.judge(2, true, by);
    await start();
    await until(async () => expect(await answering()).toBe('v1,v2'));
    await publish(0, poor);
    let going = true;
    const releases = new Set<string>();
    const client = async () => {
      while (going) {
        const { status, headers } = await gateway.predict(0);
        expect(status).toBe(200);
        releases.add(headers.get('x-model-release') as string);
      }
    };
    const clients = [client(), client(), client(), client()];
    for (const challenger of [3, 2, 3, 2, 3]) {
      await registry.setAlias('challenger', challenger, by);
      const at = String(challenger);
      await until(async () =>
        expect((await gateway.predict(0, { 'X-Model-Version': 'v2' })).headers.get('x-model-release')).toBe(at),
      );
    }
    going = false;
    await Promise.all(clients);
    expect([...releases].sort()).toEqual(['1', '2']);
  });

  it('answers by the champion of before until a version serves the next one', async () => {
    await start();
    expect(await answering()).toBe('v1');
    const third = await publish(0, poor);
    await registry.setAlias('challenger', null, by);
    let going = true;
    const client = (async () => {
      while (going) expect((await gateway.predict(0)).status).toBe(200);
    })();
    await registry.setAlias('champion', third.number, by);
    await until(async () => expect((await gateway.predict(0)).headers.get('x-model-release')).toBe('3'));
    going = false;
    await client;
  });

  it('goes by what it read last while the registry is away', async () => {
    await registry.judge(2, true, by);
    await start();
    await until(async () => expect(await answering()).toBe('v1,v2'));
    renameSync(folder, `${folder}-away`);
    symlinkSync(folder, folder);
    await until(async () =>
      expect((await gateway.get('/ready')).body.warnings).toEqual([
        expect.stringMatching(/^The gate goes by what it read last, since the registry cannot be read: /),
      ]),
    );
    expect(await answering()).toBe('v1,v2');
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
    await until(async () => expect((await gateway.get('/ready')).body.warnings).toEqual([]));
  });

  it('keeps every release out while it never read the registry, and says so', async () => {
    const away = join(home, 'away');
    symlinkSync(away, away);
    await start({ REGISTRY_URL: away });
    expect((await gateway.predict(0)).status).toBe(503);
    const { status, body } = await gateway.get('/ready');
    expect([status, body.status]).toEqual([503, 'unavailable']);
    expect(body.versions[0].reason).toMatch(/^The gate keeps release 1 out while the registry has not been read: /);
    expect(body.warnings).toEqual([expect.stringMatching(/^The gate keeps every release out, since/)]);
    // rolling back waits for no registry
    expect(await patch({ preset: 'rollback' })).toMatchObject({ status: 200, body: { weights: { v1: 100, v2: 0 } } });
    rmSync(away);
    renameSync(folder, away);
    await until(async () => expect((await gateway.predict(0)).status).toBe(200));
    renameSync(away, folder);
  });
});
