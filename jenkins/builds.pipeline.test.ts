import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import { startModelServer } from '@coppice/testkit/model-server';
import { PipelineCheckout, stagesRun } from '@coppice/testkit/pipeline-checkout';
import { attempt } from '@coppice/testkit/programs/run-command';
import { startThrowawayMlflow, type ThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { stopStarted } from '@coppice/testkit/stop-started';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

// The stages about data and models in the order of the Jenkinsfile, with the real DVC, MLflow, S3 store and gateway.

let [s3, mlflow, origin, gateway]: [ThrowawayS3?, ThrowawayMlflow?, PipelineCheckout?, TestGateway?] = [];
const models: Awaited<ReturnType<typeof startModelServer>>[] = [];
let starting: readonly Promise<ThrowawayS3 | ThrowawayMlflow>[] = [];
let settings: Record<string, string>;

beforeAll(async () => {
  const servers = [startThrowawayS3(), startThrowawayMlflow()] as const;
  starting = servers;
  [s3, mlflow, origin] = await Promise.all([...servers, PipelineCheckout.create()]);
  const store = {
    ...{ AWS_ENDPOINT_URL: s3.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
  };
  // the registry's store reads its keys from the environment
  for (const [name, value] of Object.entries(store)) vi.stubEnv(name, value);
  const bucket = s3.createBucket();
  settings = {
    ...{ MLFLOW_TRACKING_URI: mlflow.url, DVC_REMOTE: `s3://${bucket}/dvc`, REGISTRY_URL: `s3://${bucket}/models` },
    ...{ NEED_DOCKER: 'false', NEED_GB: '1', REPORTS: 'reports', TAG: '', COMMIT: '', REGISTRY: '' },
  };
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all(models.map((model) => model.stop()));
  await stopStarted(starting);
  origin?.remove();
  vi.unstubAllEnvs();
});

/** Runs these stages in a workspace, one after the other, and returns what each printed. Throws at the first that fails. */
async function build({ folder }: PipelineCheckout, stages: string[], more: Record<string, string> = {}) {
  const outputs = new Map<string, string>();
  for (const stage of stages) {
    const { status, output } = await attempt(
      join(folder, `jenkins/stages/${stage}.sh`),
      [],
      { ...settings, ...more },
      folder,
    );
    if (status !== 0) throw new Error(`${stage} fails: ${output}`);
    outputs.set(stage, output);
  }
  return (stage: string) => outputs.get(stage) ?? '';
}

const toTrain = ['verify-environment', 'mlflow-reachable', 'dvc-pull', 'train-models'];

it('a build on an empty remote trains, sends its release to MLflow, and pushes what it made', async () => {
  const said = await build(origin as PipelineCheckout, [...toTrain, 'dvc-push']);
  expect(stagesRun(said('train-models'))).toEqual(['prepare', 'train', 'evaluate', 'publish']);
  expect(said('train-models')).toContain(`release 1 of iris is version 1 in MLflow at ${mlflow?.url}`);
  expect(said('dvc-push')).toMatch(/\d+ files? pushed/);
});

it('the next one, in a fresh workspace, trains what changed alone, and a person makes it the champion', async () => {
  const registry = await openRegistry(settings.REGISTRY_URL as string, 'iris');
  await registry.setAlias('champion', 1, { who: 'test', reason: '' });
  const place = { folder: settings.REGISTRY_URL as string, alias: 'champion' } as const;
  models.push(await startModelServer({ version: 'v1', registry: place }));
  gateway = await startGateway({
    ...{ models: models.map(({ url }) => url), features: 4 },
    env: { REGISTRY_URL: settings.REGISTRY_URL as string },
  });
  const workspace = await (origin as PipelineCheckout).clone();
  workspace.set('depth: 7', 'depth: 6');
  await workspace.commit('Take flatter trees');
  const said = await build(
    workspace,
    [...toTrain, 'show-metrics', 'registry-check', 'approve', 'promote', 'dvc-push'],
    {
      ...{ GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token', APPROVED_BY: 'alice', BUILD_TAG: 'coppice-2' },
    },
  );
  expect(stagesRun(said('train-models'))).toEqual(['train', 'evaluate', 'publish']);
  expect(said('show-metrics')).toMatch(/metrics\.json +0\.9\d+/);
  expect(said('registry-check')).toMatch(/pass {2}not worse than the champion by more than 0\.1 /);
  expect(said('promote')).toContain('champion 2');
  const answer = await fetch(`${models[0]?.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [[6.3, 3.3, 6, 2.5]] }),
  });
  expect(answer.headers.get('x-model-release')).toBe('2');
});
