import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WorkflowRunner } from './run-workflow.ts';

// The workflows as act runs them. What needs GitHub has a stand-in; what else is replaced, each test says.

describe('train.yml, with its real stages and a real S3 store', () => {
  const runner = new WorkflowRunner();
  let s3: ThrowawayS3;
  let vars: Record<string, string>;

  beforeAll(async () => {
    s3 = await startThrowawayS3();
    await runner.start();
    vars = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: s3.url, REGISTRY_URL: `s3://${s3.createBucket()}/models` };
    for (const [name, value] of Object.entries({
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
      ...vars,
    }))
      vi.stubEnv(name, name === 'REGISTRY_URL' ? undefined : value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    runner.stop();
    await s3.stop();
  });

  const releases = async () => {
    const registry = await openRegistry(vars.REGISTRY_URL as string, 'iris');
    return { numbers: (await registry.releases()).map(({ number }) => number), ...(await registry.current()).state };
  };
  const secrets = () => ({ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });

  it('does nothing for a push whose message does not ask for it', async () => {
    const ran = await runner.run({ workflow: 'train.yml', on: 'push', message: 'Mend the train timetable', vars });
    expect(ran.jobs).toEqual({});
    expect((await releases()).numbers).toEqual([]);
  });

  it('trains and publishes for a push that says [train], by an access key, and shows figures and gate', async () => {
    const message = 'Take the newest rows\n\n[train]';
    writeFileSync(join(runner.checkout, 'gate.txt'), 'accuracy >= 0.9\nrecall[virginica] >= 0.8\n');
    const ran = await runner.run({ workflow: 'train.yml', on: 'push', message, secrets: secrets(), vars });
    expect(ran.jobs, ran.output).toEqual({ train: 'success' });
    expect(ran.steps.get('Take the role')).not.toBe('success');
    expect(await releases()).toMatchObject({ numbers: [2, 1], aliases: { champion: 1, challenger: 2 } });
    expect(ran.summary).toMatch(/v2 of iris: accuracy 96\.7 % on 30 test rows/);
    expect(ran.summary).toMatch(/pass {2}accuracy >= 0\.9 +0\.967\n/);
  });

  it('makes a further release the challenger by hand, by the role', async () => {
    const ran = await runner.run({
      ...{
        workflow: 'train.yml',
        on: 'workflow_dispatch',
        inputs: { arguments: '--forest v2=20x6', challenger: 'true' },
      },
      vars: { ...vars, AWS_ROLE_ARN: 'arn:aws:iam::1:role/train' },
      env: { ROLE_KEY: s3.accessKey, ROLE_SECRET: s3.secretKey },
    });
    expect(ran.jobs, ran.output).toEqual({ train: 'success' });
    expect(ran.calls).toContain('role arn:aws:iam::1:role/train');
    expect(await releases()).toMatchObject({ numbers: [3, 2, 1], aliases: { champion: 1, challenger: 3 } });
  });
});

describe('the workflows, with stand-ins for the stages', () => {
  const runner = new WorkflowRunner();
  const trained = ['verify-environment REGISTRY_URL', 'train-models', 'show-metrics', 'registry-check'];

  beforeAll(async () => {
    await runner.start('.github', 'jenkins', 'package.json');
    runner.standInForStages('npm', 'docker', 'gh');
  });
  afterAll(() => runner.stop());

  it('train.yml pulls and pushes data and asks for MLflow where they are set', async () => {
    const ran = await runner.run({
      ...{
        workflow: 'train.yml',
        on: 'workflow_dispatch',
        inputs: { arguments: '--forest v2=9x9', challenger: 'true' },
      },
      vars: { REGISTRY_URL: 's3://b/m', DVC_REMOTE: 's3://b/d', MLFLOW_TRACKING_URI: 'https://mlflow.example' },
    });
    expect(ran.jobs, ran.output).toEqual({ train: 'success' });
    expect(ran.calls).toEqual([
      ...['checkout', 'setup', 'verify-environment REGISTRY_URL', 'mlflow-reachable', 'dvc-pull'],
      ...['train-models --forest v2=9x9', 'show-metrics', 'registry-check', 'challenger', 'dvc-push', 'summary'],
    ]);
  });

  it('train.yml ends at a gate that fails, with a summary and no challenger', async () => {
    const ran = await runner.run({
      ...{ workflow: 'train.yml', on: 'workflow_dispatch', inputs: { challenger: 'true' } },
      env: { FAILING: 'registry-check' },
    });
    expect(ran.jobs).toEqual({ train: 'failure' });
    expect(ran.calls).toEqual(['checkout', 'setup', ...trained, 'summary']);
  });

  it('ci.yml runs every suite', async () => {
    const ran = await runner.run({ workflow: 'ci.yml', on: 'push' });
    expect(ran.jobs, ran.output).toEqual({
      test: 'success',
      compose: 'success',
      infra: 'success',
      kubernetes: 'success',
      pipeline: 'success',
    });
    expect(ran.calls.filter((call) => !call.startsWith('npm run'))).toEqual([
      ...['checkout', 'setup', 'train-models', 'test'],
    ]);
    const suites = ran.calls.filter((call) => call.startsWith('npm run test:')).map((call) => call.slice(8));
    const scripts = JSON.parse(readFileSync(join(runner.checkout, 'package.json'), 'utf8')).scripts as object;
    expect(suites.toSorted()).toEqual(
      Object.keys(scripts)
        .filter((name) => name.startsWith('test:'))
        .toSorted(),
    );
  });

  it('release.yml scans the images before it publishes them', async () => {
    const ran = await runner.run({ workflow: 'release.yml', on: 'push', ref: 'refs/tags/v1.2.3' });
    expect(ran.jobs, ran.output).toEqual({ build: 'success', publish: 'success' });
    expect(ran.calls).toEqual([
      ...['checkout', 'setup', 'train-models', 'test', 'build', 'helm v4.3.1', 'pack-chart'],
      ...['trivy v0.73.0', 'scan'],
      ...['docker save acme/gateway:1', 'helm v4.3.1', 'docker load --input reports/images.tar.gz', 'push'],
      expect.stringContaining('gh release create v1.2.3'),
    ]);
  });

  it('release.yml publishes nothing whose scan fails', async () => {
    const ran = await runner.run({
      ...{ workflow: 'release.yml', on: 'push', ref: 'refs/tags/v1.2.3', env: { FAILING: 'scan' } },
    });
    expect(ran.jobs).toMatchObject({ build: 'failure' });
    expect(ran.calls.at(-1)).toBe('scan');
  });
});

describe('deploy.yml, with a stand-in for the host', () => {
  const runner = new WorkflowRunner();
  const inputs = { tag: '1.2.3', environment: 'production' };
  const ssh = {
    SSH_HOST: 'coppice@host.example',
    REGISTRY: 'ghcr.io/acme/',
    SSH_KNOWN_HOSTS: 'host.example ssh-ed25519 AAAA',
  };

  beforeAll(async () => {
    await runner.start('.github', 'jenkins', 'package.json');
    runner.program(
      'ssh',
      `echo "$*" | grep -o 'coppice@.*' >>"$CALLS"
       [[ "$*" != *"/$FAILING.sh"* ]] || { echo "$FAILING: v1 gives wrong answers"; exit 1; }
       key=$(grep -oP '(?<=-i )[^ ]+' <<<"$*")
       [[ $(stat -c %a "$key") == 600 && $(<"$key") == 'the key' ]] || exit 255`,
    );
    runner.program(
      'aws',
      `case "$1 $2" in
         'ssm send-command') echo "aws $*" >>"$CALLS"; echo c-1 ;;
         *) [[ "$*" == *' Status '* ]] && echo Success || echo 'smoke-test: v1 answers correctly' ;;
       esac`,
    );
  });
  afterAll(() => runner.stop());

  const onHost = (stage: string, settings: string) =>
    `coppice@host.example sudo env ${settings} /opt/coppice/jenkins/stages/${stage}.sh`;

  it('deploys and checks by SSH', async () => {
    const ran = await runner.run({
      ...{ workflow: 'deploy.yml', on: 'workflow_dispatch', secrets: { SSH_KEY: 'the key' }, vars: ssh },
      inputs: { ...inputs, weights: '90/10' },
    });
    expect(ran.jobs, ran.output).toEqual({ deploy: 'success' });
    const settings = 'TAG=1.2.3 REGISTRY=ghcr.io/acme/ MODEL_V1_WEIGHT=90 MODEL_V2_WEIGHT=10';
    expect(ran.calls).toEqual(['deploy', 'health-check', 'smoke-test'].map((stage) => onHost(stage, settings)));
  });

  it('rolls back when the smoke test fails, and says why', async () => {
    const ran = await runner.run({
      ...{ workflow: 'deploy.yml', on: 'workflow_dispatch', secrets: { SSH_KEY: 'the key' }, vars: ssh, inputs },
      env: { FAILING: 'smoke-test' },
    });
    expect(ran.jobs).toEqual({ deploy: 'failure' });
    const settings = 'TAG=1.2.3 REGISTRY=ghcr.io/acme/';
    expect(ran.calls).toEqual(
      ['deploy', 'health-check', 'smoke-test', 'rollback'].map((stage) => onHost(stage, settings)),
    );
    expect(ran.summary).toContain(
      'remote: smoke-test of 1.2.3 failed on coppice@host.example: smoke-test: v1 gives wrong answers',
    );
  });

  it('rolls nothing back that it did not deploy', async () => {
    const wrong = { ...inputs, weights: '90' };
    const ran = await runner.run({ workflow: 'deploy.yml', on: 'workflow_dispatch', vars: ssh, inputs: wrong });
    expect(ran.jobs).toEqual({ deploy: 'failure' });
    expect(ran.calls).toEqual([]);
    expect(ran.output).toContain('weights 90 are not allowed');
  });

  it('deploys by Systems Manager with the role', async () => {
    const vars = { INSTANCE_ID: 'i-1', AWS_ROLE_ARN: 'arn:aws:iam::1:role/deploy', AWS_REGION: 'eu-central-1' };
    const ran = await runner.run({ workflow: 'deploy.yml', on: 'workflow_dispatch', vars, inputs });
    expect(ran.jobs, ran.output).toEqual({ deploy: 'success' });
    expect(ran.calls[0]).toBe('role arn:aws:iam::1:role/deploy');
    expect(ran.calls).toHaveLength(4);
    expect(ran.calls[3]).toMatch(/^aws ssm send-command --instance-ids i-1 .*TAG=1\.2\.3 .*smoke-test\.sh/);
  });
});

describe('deploy-kubernetes.yml, with stand-ins for the stages', () => {
  const runner = new WorkflowRunner();
  const vars = {
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/coppice-delivery',
    AWS_REGION: 'eu-central-1',
    CLUSTER: 'coppice',
    REGISTRY: '1.dkr.ecr.eu-central-1.amazonaws.com/',
  };
  const event = { workflow: 'deploy-kubernetes.yml', on: 'workflow_dispatch', vars } as const;
  const before = ['helm v4.3.1', 'setup', 'role arn:aws:iam::1:role/coppice-delivery'];

  beforeAll(async () => {
    await runner.start('.github', 'jenkins', 'package.json');
    runner.standInForStages();
  });
  afterAll(() => runner.stop());

  it('deploys and checks with the role', async () => {
    const ran = await runner.run({ ...event, inputs: { tag: '1.2.3', values: 'production.yaml' } });
    expect(ran.jobs, ran.output).toEqual({ 'deploy-kubernetes': 'success' });
    expect(ran.calls).toEqual([...before, 'deploy-kubernetes', 'smoke-test-kubernetes', 'summary']);
  });

  it.each(['deploy-kubernetes', 'smoke-test-kubernetes'])('rolls back when %s fails', async (stage) => {
    const ran = await runner.run({ ...event, inputs: { tag: '1.2.3' }, env: { FAILING: stage } });
    expect(ran.jobs).toEqual({ 'deploy-kubernetes': 'failure' });
    expect(ran.calls.slice(before.length)).toEqual(
      ['deploy-kubernetes', 'smoke-test-kubernetes', 'rollback-kubernetes', 'summary'].filter(
        (name) => stage !== 'deploy-kubernetes' || name !== 'smoke-test-kubernetes',
      ),
    );
  });

  it('rolls nothing back that it did not deploy', async () => {
    const ran = await runner.run({ ...event, inputs: { tag: '1.2.3' }, env: { FAILING: 'setup' } });
    expect(ran.jobs).toEqual({ 'deploy-kubernetes': 'failure' });
    expect(ran.calls).toEqual(['helm v4.3.1', 'setup', 'summary']);
  });
});
