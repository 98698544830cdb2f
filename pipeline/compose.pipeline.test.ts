import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineCheckout, stagesRun } from '@coppice/testkit/pipeline-checkout';
import { ensureDocker } from '@coppice/testkit/programs/ensure-docker';
import { attempt, run } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, expect, it } from 'vitest';

const uid = process.getuid?.() ?? 1000;
/** As root, the checkout is given to the user whom the image expects. */
const owner = uid === 0 ? 1000 : uid;
const env = {
  COMPOSE_PROJECT_NAME: `coppice-pipeline-${process.pid}`,
  PIPELINE_USER: `${owner}:${uid === 0 ? 1000 : (process.getgid?.() ?? 1000)}`,
  // another user may not write the volume
  REGISTRY_URL: owner === 1000 ? '' : '/app/pipeline/.dvc/tmp/registry',
  AWS_ENDPOINT_URL: '',
};
let mine: PipelineCheckout;
const compose = (args: string[], more = {}) =>
  attempt('docker', ['compose', '--ansi', 'never', ...args], { ...env, ...more }, mine.folder);
const inContainer = (...command: string[]) => compose(['run', '--rm', '--no-TTY', 'pipeline', ...command]);

beforeAll(async () => {
  await ensureDocker(['node:26-bookworm-slim']);
  mine = await PipelineCheckout.create();
  expect(await compose(['build', '--quiet', 'pipeline'])).toMatchObject({ status: 0 });
  if (uid === 0) await run('chown', ['-R', `${owner}:${owner}`, mine.folder]);
});
afterAll(async () => {
  if (mine) await compose(['--profile', '*', 'down', '--volumes']);
  mine?.remove();
});

it('runs the stages of a fresh clone in a container, once, and leaves files of the user', async () => {
  const first = await inContainer('dvc', 'repro');
  expect(stagesRun(first.output), first.output).toEqual(['prepare', 'train', 'evaluate', 'publish']);
  expect(statSync(join(mine.folder, 'pipeline/dvc.lock')).uid).toBe(owner);
  const release = JSON.parse(mine.read('release.json'));
  expect(release).toMatchObject({ release: 1, passed: true, git_commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
  expect((await inContainer('dvc', 'repro')).output).toContain('Data and pipelines are up to date.');
  expect((await inContainer('node', '../scripts/registry.ts')).output).toMatch(/^1 .*96\.7 %/m);
});

it('says whom to run as when the folder is not its own', async () => {
  const { status, output } = await compose(['run', '--rm', '--no-TTY', 'pipeline'], { PIPELINE_USER: '4711:4711' });
  expect(status).toBe(1);
  expect(output).toContain(`set PIPELINE_USER=${owner}:`);
});
