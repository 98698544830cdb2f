import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import { PipelineCheckout, stagesRun } from '@coppice/testkit/pipeline-checkout';
import { run } from '@coppice/testkit/programs/run-command';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';

const all = ['prepare', 'train', 'evaluate', 'publish'];
const releases = mkdtempSync(join(tmpdir(), 'coppice-releases-'));
const registry = () => openRegistry(releases, 'iris');
let s3: ThrowawayS3;
let mine: PipelineCheckout;

beforeAll(async () => {
  s3 = await startThrowawayS3();
  mine = await PipelineCheckout.create({
    ...{ REGISTRY_URL: releases, AWS_ENDPOINT_URL: s3.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
  });
});
afterAll(async () => {
  mine?.remove();
  rmSync(releases, { recursive: true, force: true });
  await s3?.stop();
});

it('says what it can do without running DVC', async () => {
  const { status, output } = await mine.dvc('--help');
  expect(status).toBe(0);
  expect(output).toContain('npm run pipeline -- repro');
});

it('runs all stages in a fresh clone, and publishes one release that says where it comes from', async () => {
  const output = await run(
    'npm',
    ['run', '--silent', 'pipeline', '--', 'repro'],
    { REGISTRY_URL: releases },
    mine.folder,
  );
  expect(stagesRun(output)).toEqual(all);
  expect(output).toContain('iris 1 in ');
  expect(output).toMatch(/pass {2}accuracy >= 0\.85 +0\.967/);
  const release = await (await registry()).release(1);
  const table = readFileSync(join(mine.folder, 'trainer/data/iris.csv'));
  expect(release.lineage.data).toBe(createHash('sha256').update(table).digest('hex'));
  const { tags, aliases } = (await (await registry()).current()).state;
  const data_revision = createHash('md5').update(table).digest('hex');
  expect(tags[1]).toEqual({ data_revision, git_commit: (await mine.git('rev-parse', 'HEAD')).trim() });
  expect(mine.read('dvc.lock')).toContain(data_revision);
  expect(aliases).toEqual({ champion: null, challenger: null });
  expect(JSON.parse(mine.read('release.json'))).toMatchObject({
    model: 'iris',
    release: 1,
    passed: true,
    data_revision,
  });
  await mine.commit('a model');
});

it('skips what is done, and makes no further release of a model that is trained again', async () => {
  expect(stagesRun((await mine.dvc('repro')).output)).toEqual([]);
  const { output, status } = await mine.dvc('repro', '--force');
  expect(stagesRun(output)).toEqual(all);
  expect(status).toBe(0);
  expect(output).toContain('is this model already: no further release');
  expect(await (await registry()).releases()).toHaveLength(1);
  await mine.commit('the same model, trained on another day');
});

it.each([
  ['costs', ['evaluate', 'publish'], () => mine.set('cost: []', "cost: ['virginica:versicolor=5']")],
  ['the gate', ['publish'], () => mine.write('gate.txt', 'accuracy >= 0.9\n')],
  ['depth', ['train', 'evaluate', 'publish'], () => mine.set('depth: 7', 'depth: 2')],
])('runs after a change of %s %j', async (_, stages, change) => {
  change();
  const { output } = await mine.dvc('repro');
  expect(stagesRun(output)).toEqual(stages);
});

it('shows figures, what changed since the last commit, and plots', async () => {
  expect((await mine.dvc('metrics', 'show')).output).toMatch(/accuracy.*cost_per_row[\s\S]*0\.9/);
  expect((await mine.dvc('metrics', 'diff', '--all')).output).toMatch(/accuracy +0\.96667 +[\d.]+ +[-\d.]+/);
  expect((await mine.dvc('params', 'diff')).output).toMatch(/forest\.depth +7 +2/);
  expect((await mine.dvc('plots', 'show')).status).toBe(0);
  const page = mine.read('dvc_plots/index.html');
  for (const plot of ['Confusion matrix', '"true_positive_rate"', '"precision"', '"virginica"'])
    expect(page).toContain(plot);
  expect(page).not.toContain('DVC_METRIC');
});

it('fails with the line and by how much when a model fails the gate, and moves no alias', async () => {
  const before = await (await registry()).releases();
  const to = (trees: number, depth: number) =>
    mine.write(
      'params.yaml',
      mine.read('params.yaml').replace(/trees: \d+\n {2}depth: \d+/, `trees: ${trees}\n  depth: ${depth}`),
    );
  mine.set('challenger: false', 'challenger: true');
  await (await registry()).setAlias('champion', 1, { who: 'test', reason: '' });
  mine.write('gate.txt', 'accuracy >= 0.9\nnot worse than the champion by more than 0.1\n');
  to(2, 1);
  const failed = await mine.dvc('repro');
  expect(failed.status).not.toBe(0);
  expect(failed.output).toMatch(/FAIL {2}accuracy >= 0\.9 +0\.\d+, 0\.\d+ short/);
  expect(failed.output).toMatch(/FAIL {2}not worse than the champion by more than 0\.1 /);
  expect(failed.output).toMatch(/against release 1 on the same 30 rows: −\d/);
  expect(failed.output).toContain("failed to reproduce 'publish'");
  expect(JSON.parse(mine.read('release.json'))).toMatchObject({ passed: false, release: (before[0]?.number ?? 0) + 1 });
  mine.set('enforce: true', 'enforce: false');
  const tolerated = await mine.dvc('repro');
  expect(tolerated.status).toBe(0);
  expect(tolerated.output).toContain('no further release');
  expect((await (await registry()).current()).state.aliases).toEqual({ champion: 1, challenger: null });
  to(60, 6);
  mine.write('gate.txt', 'accuracy >= 0.8\n');
  expect((await mine.dvc('repro')).status).toBe(0);
  const { challenger } = (await (await registry()).current()).state.aliases;
  expect(challenger).toBe(JSON.parse(mine.read('release.json')).release);
});

it('gives a colleague table and results by S3, who then has nothing to run', async () => {
  mine.copy('trainer/data/iris.csv', 'data/flowers.csv');
  expect(await mine.dvc('add', 'data/flowers.csv')).toMatchObject({ status: 0 });
  mine.set('data: ../trainer/data/iris.csv', 'data: data/flowers.csv');
  expect(stagesRun((await mine.dvc('repro')).output)).toEqual(all);
  await mine.dvc('remote', 'add', '--default', 'storage', `s3://${s3.createBucket()}/flowers`);
  expect(await mine.dvc('push')).toMatchObject({ status: 0, output: expect.stringMatching(/\d+ files? pushed/) });
  await mine.commit('flowers');
  expect(await mine.git('ls-files', 'pipeline/data')).toBe('pipeline/data/.gitignore\npipeline/data/flowers.csv.dvc\n');

  const theirs = await mine.clone();
  expect(await theirs.dvc('pull')).toMatchObject({ status: 0, output: expect.stringContaining('files added') });
  expect(theirs.read('data/flowers.csv')).toBe(mine.read('data/flowers.csv'));
  expect(theirs.read('report/report.json')).toBe(mine.read('report/report.json'));
  const { output } = await theirs.dvc('repro');
  expect(output).toContain('Data and pipelines are up to date.');
  expect(await theirs.git('status', '--porcelain')).toBe('');
});
