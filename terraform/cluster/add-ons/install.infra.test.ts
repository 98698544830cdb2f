import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, expect, it } from 'vitest';

const script = join(root, 'terraform/cluster/add-ons/install.sh');
const folder = mkdtempSync(join(tmpdir(), 'coppice-add-ons-'));
const outputs = {
  ...{ AUTOSCALER_ROLE_ARN: 'arn:scale', CLUSTER_NAME: 'many', LOAD_BALANCER_ROLE_ARN: 'arn:balance' },
  ...{ NAMESPACE: 'models', REGION: 'eu-central-1', VPC_ID: 'vpc-0aaa' },
};

// Charts need the internet: helm and kubectl only write down what they are asked, and terraform gives outputs.
beforeAll(() => {
  ensureProgram('shellcheck', { 'apt-get': 'shellcheck', dnf: 'ShellCheck', apk: 'shellcheck' });
  for (const [name, body] of Object.entries({
    helm: `echo "helm $*" >>${folder}/calls`,
    kubectl: `echo "kubectl $*" >>${folder}/calls`,
    terraform: `echo '${JSON.stringify(outputs)}'`,
  })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function calls(env: Record<string, string>): Promise<string[]> {
  rmSync(join(folder, 'calls'), { force: true });
  await run(script, [], { PATH: `${folder}:${process.env.PATH}`, ...env });
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

it('is shellcheck-clean', async () => {
  await run('shellcheck', [script]);
});

it('installs each chart in its pinned version, with the roles that the stack made', async () => {
  const made = await calls({});
  const helm = made.filter((call) => call.startsWith('helm upgrade --install'));
  expect(helm.map((call) => call.split(' ')[3])).toEqual([
    ...['aws-load-balancer-controller', 'cluster-autoscaler', 'metrics-server', 'kube-prometheus-stack'],
  ]);
  for (const call of helm) expect(call).toMatch(/--version \d+\.\d+\.\d+ /);
  expect(helm[0]).toContain('clusterName=many --set region=eu-central-1 --set vpcId=vpc-0aaa');
  expect(helm[0]).toContain('role-arn=arn:balance');
  expect(helm[1]).toContain('role-arn=arn:scale');
  expect(made.at(-1)).toContain('apply --namespace models');
});

it('adds Istio when asked', async () => {
  expect((await calls({ ISTIO: 'on' })).join()).toContain('--install istiod istiod');
});

it('stops before the first chart when a value is missing', async () => {
  const env = { PATH: `${folder}:${process.env.PATH}`, CLUSTER_NAME: 'many' };
  expect(await attempt(script, [], env)).toMatchObject({
    status: 2,
    output: expect.stringContaining('REGION is missing'),
  });
});
