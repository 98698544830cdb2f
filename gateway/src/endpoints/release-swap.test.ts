import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonReport, type HistoryRow } from '@coppice/contract';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { startModelServer } from '@coppice/testkit/model-server';
import { releaseFiles } from '@coppice/testkit/release-files';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const by = { who: 'test', reason: '' };
const features = ['x0', 'x1'];
/** The class of a row by its first feature, 0 or 1, in each release: 2 has another order of the classes, 3 other answers. */
const releases = [
  { classes: ['a', 'b'], answers: ['a', 'b'] },
  { classes: ['b', 'a'], answers: ['b', 'a'] },
  { classes: ['a', 'b'], shift: 1, answers: ['b', 'a'] },
];
let folder: string;
let registry: Registry;
let servers: Awaited<ReturnType<typeof startModelServer>>[];
let gateway: TestGateway;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-swap-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  for (const { answers, ...model } of releases)
    await registry.publish({
      files: releaseFiles({ features, ...model }),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
  await registry.setAlias('champion', 1, by);
  await registry.setAlias('challenger', 2, by);
  servers = [
    await startModelServer({ version: 'v1', registry: { folder, alias: 'champion' } }),
    await startModelServer({ version: 'v2', registry: { folder, alias: 'challenger' } }),
  ];
  gateway = await startGateway({ models: servers.map(({ url }) => url) });
});
afterEach(async () => {
  await gateway.stop();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

describe('a release that comes in while requests are answered', () => {
  it('answers by whole releases alone, names them, and mixes none in the record', async () => {
    let going = true;
    const answered = new Map<string, { release: string; version: string; class: string; first: number }>();
    const client = async () => {
      for (let i = 0; going; i++) {
        const first = i % 2;
        const { status, body, headers } = await gateway.post('/predict', { features: [first, 0] });
        expect(status).toBe(200);
        const release = headers.get('x-model-release') as string;
        expect(body.class).toBe(releases[Number(release) - 1]?.answers[first]);
        answered.set(body.prediction_id, { release, version: body.model_version, class: body.class, first });
      }
    };
    const clients = [client(), client(), client()];
    for (let swap = 0; swap < 12; swap++) {
      const to = swap % 2 ? 2 : 3;
      await registry.setAlias('challenger', to, by);
      await until(() =>
        expect([...answered.values()].findLast(({ version }) => version === 'v2')?.release).toBe(String(to)),
      );
    }
    going = false;
    await Promise.all(clients);
    expect(new Set([...answered.values()].map(({ version, release }) => `${version} ${release}`))).toEqual(
      new Set(['v1 1', 'v2 2', 'v2 3']),
    );

    const rows: HistoryRow[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await gateway.get(`/predictions?limit=1000${cursor && `&cursor=${cursor}`}`);
      rows.push(...body.predictions);
      if (!body.next_cursor) break;
      cursor = body.next_cursor;
    }
    const digests = new Map<string, Set<string | null>>();
    for (const row of rows) {
      const { release = '' } = answered.get(row.prediction_id) ?? {};
      if (row.release !== null) digests.set(row.release, (digests.get(row.release) ?? new Set()).add(release));
    }
    // each identity stands for one number
    expect([...digests.values()].map((numbers) => numbers.size)).toEqual([1, 1, 1]);
    // few rows fall between the answer of a new release and the look at it
    expect(rows.filter(({ release }) => release === null).length).toBeLessThan(rows.length / 10);
  }, 60_000);

  it('begins a new epoch: what the one before answered is no part of it', async () => {
    for (let i = 0; i < 30; i++) await gateway.post('/predict', { features: [0, 0] });
    const counted = async () => {
      const [candidate] = comparisonReport.parse((await gateway.get('/comparison')).body).candidates;
      return candidate;
    };
    await until(async () => expect(await counted()).toBeDefined());
    await registry.setAlias('challenger', 3, by);
    await until(async () => {
      const { headers, body } = await gateway.post('/predict', { features: [0, 0] }, { 'X-Model-Version': 'v2' });
      expect([headers.get('x-model-release'), body.class]).toEqual(['3', 'b']);
    });
    const info = await gateway.get('/model-info?version=v2');
    expect(info.body.classes.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
  });
});
