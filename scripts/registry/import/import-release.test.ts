import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { testRows } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import { foreignModel } from '@coppice/testkit/foreign-model';
import { startModelServer } from '@coppice/testkit/model-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ImportRefusedError } from './import-refused.ts';
import { importRelease } from './import-release.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-import-'));
  writeFileSync(join(folder, 'sample.csv'), ['size,weight,y', ...Array(20).fill('3,1,big\n1,3,heavy')].join('\n'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = () => join(folder, 'registry');
const write = (model: Uint8Array) => writeFileSync(join(folder, 'm.onnx'), model);
const run = (options: Partial<Parameters<typeof importRelease>[0]> = {}) =>
  importRelease(
    {
      ...{ registry: place(), model: 'parcels', file: join(folder, 'm.onnx'), target: 'y' },
      ...{
        data: join(folder, 'sample.csv'),
        drop: [],
        only: undefined,
        classes: undefined,
        testRows: 10_000,
        reason: 'from the lab',
      },
      ...options,
    },
    'ann',
  );

it('makes the next release, tagged, with its lineage, report and test rows, and moves no alias', async () => {
  write(foreignModel({ labels: ['big', 'heavy'] }));
  expect(await run()).toMatch(
    /^parcels 1 in .*: accuracy 1\.000 \(.*on 40 test rows\nnote: the model has one input, X/,
  );
  const registry = await openRegistry(place(), 'parcels');
  const { state } = await registry.current();
  expect(state.tags[1]).toEqual({ imported: 'm.onnx' });
  expect(state.aliases).toEqual({ champion: null, challenger: null });
  expect(await registry.audit()).toMatchObject([{ who: 'ann', action: 'tag', reason: 'from the lab' }]);
  const release = await registry.release(1);
  expect(release).toMatchObject({
    createdBy: 'ann',
    lineage: { data: expect.stringMatching(/^[0-9a-f]{64}$/), commit: null, parent: null },
    summary: { accuracy: 1, testRows: 40, features: 2, classes: ['big', 'heavy'] },
  });
  expect(Object.keys(release.files)).toEqual(expect.arrayContaining(['report/report.json', 'report/report.html']));
  const rows = await registry.file(release, 'report/test-rows.json.gz');
  const { columns, rows: values, labels } = testRows.parse(JSON.parse(gunzipSync(rows).toString()));
  expect([columns, values[1], labels.slice(0, 2)]).toEqual([
    ['size', 'weight'],
    [1, 3],
    ['big', 'heavy'],
  ]);
});

it('names the champion as parent, and says so where that has other classes', async () => {
  write(foreignModel({ labels: ['big', 'heavy'] }));
  await run();
  const registry = await openRegistry(place(), 'parcels');
  await registry.setAlias('champion', 1, { who: 'ann', reason: '' });
  writeFileSync(join(folder, 'other.csv'), 'size,weight,y\n3,1,light\n1,3,small\n');
  write(foreignModel({ labels: ['light', 'small'] }));
  expect(await run({ data: join(folder, 'other.csv') })).toMatch(
    /note: release 1, the champion, has other classes \(big, heavy\): no gateway serves both/,
  );
  expect((await registry.release(2)).lineage.parent).toBe(1);
});

it('publishes nothing that is refused', async () => {
  write(foreignModel({ labels: ['big', 'heavy'], scores: 'Identity' }));
  await expect(run()).rejects.toThrow(ImportRefusedError);
  await expect(run({ file: join(folder, 'nowhere.onnx') })).rejects.toThrow('nowhere.onnx cannot be read (ENOENT)');
  await expect(run({ data: join(folder, 'nowhere.csv') })).rejects.toThrow('nowhere.csv: cannot be read, no such file');
  const registry = await openRegistry(place(), 'parcels');
  expect([await registry.releases(), await registry.audit()]).toEqual([[], []]);
});

it('is served by a model server that follows the alias, mended as it is', async () => {
  write(foreignModel({ labels: [7, 4], zipMap: true }));
  writeFileSync(join(folder, 'sample.csv'), ['size,weight,y', ...Array(20).fill('3,1,7\n1,3,4')].join('\n'));
  await run();
  const registry = await openRegistry(place(), 'parcels');
  await registry.setAlias('champion', 1, { who: 'ann', reason: '' });
  const source = { folder: place(), alias: 'champion' as const };
  const server = await startModelServer({ version: 'v1', modelName: 'parcels', registry: source });
  const answer = await fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features: { size: 1, weight: 3 } }),
  });
  expect(answer.headers.get('x-model-release')).toBe('1');
  expect(await answer.json()).toMatchObject({ prediction: 1, class: '4' });
  await server.stop();
});
