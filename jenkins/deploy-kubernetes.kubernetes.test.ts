import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createNamespace } from '@coppice/testkit/kubernetes/chart';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt, type Env } from '@coppice/testkit/programs/run-command';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// The stages for a cluster, in the order of the Jenkinsfile, on a real API server; its pods are ready at once and run nothing.

const cluster = sharedCluster();
const namespace = 'delivery';
const folder = mkdtempSync(join(tmpdir(), 'coppice-deliver-'));
const [bin, reports] = [join(folder, 'bin'), join(folder, 'reports')];
const REGISTRY = 'registry.test/coppice/';
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const calm = {
  releases: { url: 's3://bucket/releases' },
  training: { job: false },
  page: { enabled: false },
  gateway: { replicas: 1, autoscaling: { enabled: false } },
  models: { replicas: 1, autoscaling: { enabled: false } },
};

beforeAll(async () => {
  mkdirSync(bin);
  symlinkSync(cluster.address.helm, join(bin, 'helm'));
  symlinkSync(cluster.address.kubectl, join(bin, 'kubectl'));
  await createNamespace(cluster, namespace);
  writeFileSync(join(folder, 'values.json'), JSON.stringify(calm));
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => rmSync(join(reports, 'failure.txt'), { force: true }));
const forget = () => rmSync(join(reports, 'previous-kubernetes.env'), { force: true });

const stage = (name: string, env: Env = {}) =>
  attempt(`jenkins/stages/${name}.sh`, [], {
    ...{
      REPORTS: reports,
      REGISTRY,
      NAMESPACE: namespace,
      KUBECONFIG: cluster.kubeconfig,
      WAIT: '120',
      HOST_DIR: folder,
    },
    ...{ HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
    PATH: `${bin}:${process.env.PATH}`,
    ...env,
  });
const failure = () => readFileSync(join(reports, 'failure.txt'), 'utf8');

async function imagesThatRun(): Promise<string[]> {
  const { items } = await cluster.get(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  return items.map(({ spec }: { spec: { template: { spec: { containers: { image: string }[] } } } }) =>
    spec.template.spec.containers[0]?.image.replace(REGISTRY, ''),
  );
}
const at = (tag: string) => ['gateway', 'model', 'model'].map((name) => `coppice-${name}:${tag}`);

describe('a delivery to a cluster', () => {
  it('refuses weights, a file of values that is not there, and a cluster without a region', async () => {
    for (const [env, message] of [
      [{ MODEL_V1_WEIGHT: '90' }, 'MODEL_V1_WEIGHT is set: in a cluster weights stand in the values'],
      [{ VALUES: 'nowhere.yaml' }, 'nowhere.yaml of VALUES cannot be read'],
      [{ CLUSTER: 'coppice', AWS_REGION: '' }, 'one of them is the region of CLUSTER'],
      [{ NAMESPACE: 'A b' }, 'A b is not allowed'],
    ] as const) {
      const { status, output } = await stage('deploy-kubernetes', { TAG: '1.0.0', ...env });
      expect(status).toBe(1);
      expect(output).toContain(message);
    }
  });

  it('has nothing to roll back before the first deploy', async () => {
    forget();
    const { status } = await stage('rollback-kubernetes', { TAG: '1.0.0' });
    expect(status).toBe(1);
    expect(failure()).toMatch(/no revision of coppice is deployed in delivery: there is nothing to roll back\n$/);
  });

  it('installs a tag with the values of a file, and cannot take the first one back', async () => {
    const { status, output } = await stage('deploy-kubernetes', { TAG: '1.0.0', VALUES: join(folder, 'values.json') });
    expect(status, output).toBe(0);
    expect(output).toContain('1.0.0 is deployed as revision 1');
    expect(await imagesThatRun()).toEqual(at('1.0.0'));
    expect((await stage('rollback-kubernetes', { TAG: '1.0.0' })).status).toBe(1);
    expect(failure()).toContain('no revision ran before 1.0.0: 1.0.0 stays');
  });

  it('upgrades to the digests that were pushed, and keeps the values', async () => {
    const lines = ['gateway', 'model', 'prometheus'].map(
      (name, i) => `${REGISTRY}coppice-${name}:1.1.0 ${digest(String(i))}`,
    );
    writeFileSync(join(reports, 'digests.txt'), `${lines.join('\n')}\n`);
    const { status, output } = await stage('deploy-kubernetes', { TAG: '1.1.0' });
    expect(status, output).toBe(0);
    const model = `coppice-model@${digest('1')}`;
    expect(await imagesThatRun()).toEqual([`coppice-gateway@${digest('0')}`, model, model]);
  });

  it('leaves what runs alone when the next deploy of the same tag has not begun', async () => {
    const running = await imagesThatRun();
    expect((await stage('deploy-kubernetes', { TAG: '1.1.0', VALUES: 'nowhere.yaml' })).status).toBe(1);
    const { status, output } = await stage('rollback-kubernetes', { TAG: '1.1.0' });
    expect(status, output).toBe(0);
    expect(output).toContain('the deploy of 1.1.0 has not begun: nothing is rolled back');
    expect(await imagesThatRun()).toEqual(running);
    rmSync(join(reports, 'failure.txt'));
  });

  it('goes back to the revision before, once', async () => {
    const { status, output } = await stage('rollback-kubernetes', { TAG: '1.1.0' });
    expect(status, output).toBe(0);
    expect(failure()).toBe('rollback-kubernetes: revision 1 is running again, as revision 3\n');
    expect(await imagesThatRun()).toEqual(at('1.0.0'));
    expect((await stage('rollback-kubernetes', { TAG: '1.1.0' })).output).toContain(
      '1.1.0 does not run: revision 3 does',
    );
    expect(await imagesThatRun()).toEqual(at('1.0.0'));
  });

  it('takes an upgrade back by itself whose pods never become ready, and nothing is left to roll back', async () => {
    const large = { ...calm, models: { ...calm.models, resources: { requests: { cpu: '400' } } } };
    writeFileSync(join(folder, 'large.json'), JSON.stringify(large));
    const { status } = await stage('deploy-kubernetes', {
      TAG: '1.2.0',
      VALUES: join(folder, 'large.json'),
      WAIT: '15',
    });
    expect(status).toBe(1);
    expect(failure()).toMatch(/^deploy-kubernetes: 1\.2\.0 is not deployed, revision 3 runs again: .+/);
    expect(await imagesThatRun()).toEqual(at('1.0.0'));
    const rolledBack = await stage('rollback-kubernetes', { TAG: '1.2.0' });
    expect(rolledBack.status, rolledBack.output).toBe(0);
    expect(rolledBack.output).toContain('1.2.0 does not run: revision 5 does');
  });

  it('refuses to deploy over an upgrade that was killed, until that is taken back', async () => {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const { body } = await cluster.request('GET', `${secrets}/sh.helm.release.v1.coppice.v5`);
    const { metadata, data, type } = body;
    const labels = { ...metadata.labels, status: 'pending-upgrade', version: '6' };
    const release = JSON.stringify({ ...JSON.parse(decode(data.release)), version: 6 }).replace(
      '"status":"deployed"',
      '"status":"pending-upgrade"',
    );
    await cluster.request('POST', secrets, {
      metadata: { name: 'sh.helm.release.v1.coppice.v6', labels },
      ...{ type, data: { release: encode(release) } },
    });
    expect((await stage('deploy-kubernetes', { TAG: '1.3.0' })).status).toBe(1);
    expect(failure()).toContain('revision 6 is pending-upgrade');
    expect((await stage('rollback-kubernetes', { TAG: '1.3.0' })).output).toContain('has not begun');
    expect((await stage('deploy-kubernetes', { TAG: '1.3.0' })).status).toBe(1);
    forget();
    const { status, output } = await stage('rollback-kubernetes', { TAG: '1.3.0' });
    expect(status, output).toBe(0);
    expect((await stage('deploy-kubernetes', { TAG: '1.3.0' })).status).toBe(0);
    expect(await imagesThatRun()).toEqual(at('1.3.0'));
  });

  it('reaches an EKS cluster by the AWS CLI, and takes the digests that ECR has for the tag', async () => {
    const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/';
    const calls = join(folder, 'calls');
    writeFileSync(
      join(bin, 'aws'),
      `#!/bin/sh
      echo "$1 $2 $3 $4 $5 $6 \${AWS_ENDPOINT_URL:-AWS}" >>${calls}
      case "$2 $6" in
        'update-kubeconfig coppice') cat ${cluster.kubeconfig} >"$8" ;;
        'describe-images coppice-model') echo ${digest('c')} ;;
        *) echo 'An error occurred (ImageNotFoundException)' >&2; exit 254 ;;
      esac\n`,
    );
    chmodSync(join(bin, 'aws'), 0o755);
    const { status, output } = await stage('deploy-kubernetes', {
      ...{ TAG: '1.4.0', REGISTRY: ecr, CLUSTER: 'coppice', CLUSTER_REGION: 'eu-west-1' },
      ...{ AWS_ENDPOINT_URL: 'http://store.test', KUBECONFIG: '/nowhere' },
    });
    expect(status, output).toBe(0);
    const model = `${ecr}coppice-model@${digest('c')}`;
    expect(await imagesThatRun()).toEqual([`${ecr}coppice-gateway:1.4.0`, model, model]);
    const asked = readFileSync(calls, 'utf8');
    expect(asked).toContain('eks update-kubeconfig --region eu-west-1 --name coppice AWS\n');
    expect(asked).toContain('ecr describe-images --region eu-central-1 --repository-name coppice-gateway AWS\n');
  });
});

describe('the smoke test of a cluster', () => {
  let [fleet, gateway]: [ReleaseFleet?, TestGateway?] = [];

  beforeAll(async () => {
    fleet = await startReleaseFleet();
    gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder } });
    // no pod has a port: its forward leads to a gateway of this machine
    rmSync(join(bin, 'kubectl'));
    const port = new URL(gateway.url).port;
    writeFileSync(
      join(bin, 'kubectl'),
      `#!/bin/sh
      case "$*" in
        *port-forward*coppice-gateway*) echo "Forwarding from 127.0.0.1:${port} -> 5000"; exec sleep 120 ;;
        *port-forward*) echo 'error: no such service'; exit 1 ;;
        *) exec ${cluster.address.kubectl} "$@" ;;
      esac\n`,
    );
    chmodSync(join(bin, 'kubectl'), 0o755);
  });
  afterAll(async () => {
    await gateway?.stop();
    await fleet?.stop();
  });

  /** What a kubelet would do with the pod of `helm test`. */
  async function endTest(phase: 'Succeeded' | 'Failed'): Promise<void> {
    const pod = `/api/v1/namespaces/${namespace}/pods/coppice-check-split`;
    await expect
      .poll(async () => (await cluster.request('GET', pod)).body.status?.phase, { timeout: 60_000 })
      .toBe('Running');
    await cluster.request('PATCH', `${pod}/status`, { status: { phase } });
  }

  it("predicts through the forwarded port and runs the chart's own test", async () => {
    const [{ status, output }] = await Promise.all([
      stage('smoke-test-kubernetes', { WAIT: '60' }),
      endTest('Succeeded'),
    ]);
    expect(status, output).toBe(0);
    expect(output).toMatch(/v1 answers correctly, and its predictions are recorded/);
    expect(output).toContain("the chart's test passes");
  });

  it("fails when the chart's own test does", async () => {
    // the pod of the run before goes when the next one begins
    await cluster.kubectl(['--namespace', namespace, 'delete', 'pod', 'coppice-check-split', '--wait']);
    const [{ status }] = await Promise.all([stage('smoke-test-kubernetes', { WAIT: '60' }), endTest('Failed')]);
    expect(status).toBe(1);
    expect(failure()).toMatch(/^smoke-test-kubernetes: the chart's test fails: .+/);
  });

  it('says what the gateway lacks', async () => {
    const port = await freePort();
    const { status } = await stage('smoke-test-kubernetes', { WAIT: '1', GATEWAY_URL: `http://127.0.0.1:${port}` });
    expect(status).toBe(1);
    expect(failure()).toMatch(/^smoke-test-kubernetes: http:\/\/127\.0\.0\.1:\d+\/ready: ECONNREFUSED/);
  });
});

/** Helm keeps a release as gzip in base64, which a Secret encodes once more. */
function decode(text: string): string {
  const zipped = Buffer.from(Buffer.from(text, 'base64').toString(), 'base64');
  return gunzipSync(zipped).toString();
}

function encode(text: string): string {
  return Buffer.from(gzipSync(text).toString('base64')).toString('base64');
}
