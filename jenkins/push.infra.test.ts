import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureHelm } from '@coppice/testkit/programs/ensure-helm';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt, type Env, run } from '@coppice/testkit/programs/run-command';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

// The chart goes to a real OCI registry; Docker has a stand-in, whose registry keeps what its tags have.

const folder = mkdtempSync(join(tmpdir(), 'coppice-push-'));
const [bin, reports] = [join(folder, 'bin'), join(folder, 'reports')];
const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
let registry: ChildProcess;
let place: string;

beforeAll(async () => {
  ensureProgram('docker-registry', {
    'apt-get': 'docker-registry',
    dnf: 'docker-distribution',
    apk: 'docker-registry',
  });
  mkdirSync(bin);
  symlinkSync(await ensureHelm(), join(bin, 'helm'));
  const port = await freePort();
  const config = join(folder, 'registry.json');
  const storage = { filesystem: { rootdirectory: join(folder, 'registry') } };
  writeFileSync(config, JSON.stringify({ version: 0.1, storage, http: { addr: `127.0.0.1:${port}` } }));
  registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  place = `127.0.0.1:${port}`;
  await until(async () => expect((await fetch(`http://${place}/v2/`)).status).toBe(200));
});
afterAll(() => {
  registry?.kill();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(reports, { recursive: true, force: true });
  rmSync(join(folder, 'calls'), { force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >>${folder}/calls\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** `pushed` is what the registry says to a push, `theirs` the id of the image that it has. */
function docker({ pushed = 'exit 0', theirs = 'mine' } = {}): void {
  const digest = `sha256:${'a'.repeat(64)}`;
  program(
    'docker',
    `case "$1 $2" in
       'compose config') printf '%s\\n' "\${REGISTRY}coppice-gateway:$TAG" "\${REGISTRY}coppice-gateway:$TAG" prom/prometheus:v3 ;;
       'push --quiet') ${pushed} ;;
       'pull --quiet') touch ${folder}/pulled ;;
       'image inspect') case "$*" in
         *RepoDigests*) printf '%s\\n' "elsewhere/coppice-gateway@sha256:b" "\${5%:*}@${digest}" ;;
         *) if [ -e ${folder}/pulled ]; then echo ${theirs}; else echo mine; fi ;;
       esac ;;
     esac`,
  );
  rmSync(join(folder, 'pulled'), { force: true });
}

const env = (): Env => ({
  ...{ REPORTS: reports, TAG: '1.4.0', REGISTRY: `${place}/acme/`, PLAIN_HTTP: 'true', HOST_DIR: folder, COMMIT: 'c' },
  ...{ HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
  PATH: `${bin}:${process.env.PATH}`,
});
const stage = (name: string, more: Env = {}) => attempt(`jenkins/stages/${name}.sh`, [], { ...env(), ...more });
const helm = (...args: string[]) => run(join(bin, 'helm'), args, env());
const calls = () => readFileSync(join(folder, 'calls'), 'utf8');

it('the chart of a tag is pushed as an OCI artifact, and comes back the same', async () => {
  docker();
  const packed = await stage('pack-chart');
  expect(packed.status, packed.output).toBe(0);
  const { status, output } = await stage('push');
  expect(status, output).toBe(0);
  const chart = `oci://${place}/acme/coppice`;
  await helm('pull', chart, '--version', '1.4.0', '--plain-http', '--destination', folder);
  const file = join(reports, 'coppice-1.4.0.tgz');
  expect(readFileSync(join(folder, 'coppice-1.4.0.tgz'))).toEqual(readFileSync(file));
  const values = ['--set', 'releases.url=s3://bucket/releases'];
  const rendered = await helm('template', 'coppice', chart, '--version', '1.4.0', '--plain-http', ...values);
  expect(withoutNews(rendered)).toBe(withoutNews(await helm('template', 'coppice', file, ...values)));
  expect(rendered).toContain(`image: ${place}/acme/coppice-gateway:1.4.0`);
  expect(await run('tar', ['-tzf', file])).not.toMatch(/\.ts$/m);
});

it('a chart needs a version of three numbers', async () => {
  const { status, output } = await stage('pack-chart', { TAG: 'abc123' });
  expect(status).toBe(1);
  expect(output).toContain("TAG=abc123 is not allowed: a chart's version must be of three numbers");
});

it('the push lists the digest of each image, without a chart too', async () => {
  docker();
  expect((await stage('push')).status).toBe(0);
  expect(readFileSync(join(reports, 'digests.txt'), 'utf8')).toBe(
    `${place}/acme/coppice-gateway:1.4.0 sha256:${'a'.repeat(64)}\n`,
  );
});

const IMMUTABLE = `echo "tag invalid: The image tag '1.4.0' already exists in the repository and cannot be overwritten because the tag is immutable" >&2; exit 1`;

it('a tag that never changes may be pushed again with the same content alone', async () => {
  docker({ pushed: IMMUTABLE });
  const same = await stage('push');
  expect(same.status, same.output).toBe(0);
  expect(same.output).toContain('coppice-gateway:1.4.0 is there already, with the same content');
  docker({ pushed: IMMUTABLE, theirs: 'other' });
  const other = await stage('push');
  expect(other.status).toBe(1);
  expect(other.output).toContain('with another content, and its tags never change: set another TAG');
  expect(calls()).toContain(`docker tag mine ${place}/acme/coppice-gateway:1.4.0`);
});

it('the chart of a tag that never changes may be pushed again with the same content alone', async () => {
  docker();
  const env = { TAG: '1.5.0' };
  await stage('pack-chart', env);
  expect((await stage('push', env)).output).toContain(`pushed the chart oci://${place}/acme/coppice:1.5.0`);
  rmSync(join(bin, 'helm'));
  program('helm', `[ "$1" = push ] || exec ${await ensureHelm()} "$@"\n${IMMUTABLE}`);
  try {
    await stage('pack-chart', env);
    const same = await stage('push', env);
    expect(same.status, same.output).toBe(0);
    expect(same.output).toContain('the chart 1.5.0 is there already, with the same content');
    await stage('pack-chart', { ...env, REGISTRY: 'elsewhere.test/' });
    const other = await stage('push', env);
    expect(other.status).toBe(1);
    expect(other.output).toContain('the chart 1.5.0 is in the registry already with another content');
  } finally {
    rmSync(join(bin, 'helm'));
    symlinkSync(await ensureHelm(), join(bin, 'helm'));
  }
});

it('a push that fails says why', async () => {
  docker({ pushed: 'echo "denied: no such repository" >&2; exit 1' });
  const { output } = await stage('push');
  expect(output).toContain('coppice-gateway:1.4.0 could not be pushed: denied: no such repository');
});

it('ECR gets a password of its region for Docker and Helm, other registries none', async () => {
  docker();
  program('aws', 'echo secret');
  rmSync(join(bin, 'helm'));
  program('helm', 'cat >/dev/null');
  try {
    const { status, output } = await stage('ecr-login', { REGISTRY: `${ECR}/`, AWS_ENDPOINT_URL: 'http://store.test' });
    expect(status, output).toBe(0);
    expect(calls()).toBe(
      `aws ecr get-login-password --region eu-central-1\ndocker login --username AWS --password-stdin ${ECR}\nhelm registry login --username AWS --password-stdin ${ECR}\n`,
    );
    rmSync(join(folder, 'calls'));
    expect((await stage('ecr-login')).output).toContain(`${place} is not ECR: nothing to do`);
    expect(existsSync(join(folder, 'calls'))).toBe(false);
    program('aws', 'echo expired >&2; exit 255');
    expect((await stage('ecr-login', { REGISTRY: `${ECR}/` })).output).toContain(
      'AWS gives no password for ECR in eu-central-1',
    );
  } finally {
    rmSync(join(bin, 'helm'));
    symlinkSync(await ensureHelm(), join(bin, 'helm'));
  }
});

/** What Helm says about the pull. */
const withoutNews = (text: string) => text.replace(/^(Pulled|Digest): .*\n/gm, '');
