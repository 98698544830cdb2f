import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, type Env, root } from '@coppice/testkit/programs/run-command';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

// The stages about releases, run by hand: on a real registry, and through a real gateway with real model servers.

const folder = mkdtempSync(join(tmpdir(), 'coppice-stages-'));
const reports = join(folder, 'reports');
const read = (file: string) => readFileSync(join(reports, file), 'utf8');
beforeEach(() => rmSync(reports, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in front of all others. */
function program(name: string, script: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

const stage = (name: string, env: Env = {}, cwd = root) =>
  attempt(
    join(cwd, `jenkins/stages/${name}.sh`),
    [],
    { ...{ REPORTS: reports, TAG: 't', HOST_DIR: folder, PATH: `${folder}/bin:${process.env.PATH}` }, ...env },
    cwd,
  );

describe('from a release to the champion', () => {
  let fleet: ReleaseFleet;
  let gateway: TestGateway;
  let settings: Env;

  beforeAll(async () => {
    fleet = await startReleaseFleet();
    gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder } });
    settings = { REGISTRY_URL: fleet.folder, GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token' };
  });
  afterAll(async () => {
    await gateway.stop();
    await fleet.stop();
  });

  it('Registry Check fails with the line of the gate and what is missing', async () => {
    const gate = join(folder, 'gate.txt');
    writeFileSync(gate, 'accuracy >= 0.9\nlog_loss <= 0.5\n');
    const { status } = await stage('registry-check', { ...settings, GATE_FILE: gate });
    expect(status).toBe(1);
    expect(read('failure.txt')).toMatch(
      /^registry-check: release 3 does not pass the gate: .*log_loss <= 0\.5 [^;]+\n$/,
    );
    expect(existsSync(join(reports, 'candidate.env'))).toBe(false);
  });

  it('a release that no gate judged does not become the challenger', async () => {
    await stage('registry-check', settings);
    expect((await stage('challenger', settings)).status).toBe(1);
    expect(read('failure.txt')).toMatch(/^challenger: no gate judged release 3: give the repository a gate\.txt/);
    expect((await fleet.registry.current()).state.aliases.challenger).toBe(2);
    const gate = join(folder, 'gate.txt');
    writeFileSync(gate, 'accuracy >= 0.9\n');
    await stage('registry-check', { ...settings, GATE_FILE: gate });
    expect((await stage('challenger', settings)).output).toContain('challenger: RELEASE is not set');
    // the gateway's to judge
    writeFileSync(gate, 'replay agrees >= 0.9\n');
    await stage('registry-check', { ...settings, GATE_FILE: gate });
    expect(await stage('challenger', settings)).toMatchObject({ status: 0 });
    expect((await fleet.registry.current()).state.aliases.challenger).toBe(3);
    await fleet.registry.setAlias('challenger', 2, { who: 'test', reason: '' });
  });

  it('Promote fails with the reason of the gateway, and changes nothing', async () => {
    const { status } = await stage('promote', { ...settings, RELEASE: '2' });
    expect(status).toBe(1);
    expect(read('failure.txt')).toBe('promote: Release 2 is not promoted: release 2 is not approved.\n');
    expect((await fleet.registry.current()).state.aliases.champion).toBe(1);
  });

  it('a person approves what was checked, and it becomes the champion', async () => {
    expect(await stage('registry-check', settings)).toMatchObject({ status: 0 });
    expect(read('candidate.env')).toBe('RELEASE=3\n');
    expect(read('gate.txt')).toMatch(/^iris 3\n.*No gate: neither GATE_FILE nor gate\.txt/s);
    expect(await stage('approve', { ...settings, APPROVED_BY: 'alice', BUILD_TAG: 'coppice-7' })).toMatchObject({
      status: 0,
    });
    const promoted = await stage('promote', settings);
    expect(promoted).toMatchObject({ status: 0, output: expect.stringContaining('champion 3, challenger 3') });
    const audit = await fleet.registry.audit();
    expect(audit.map(({ reason }) => reason)).toContain('approved by alice in coppice-7');
  });

  it('the champion needs no approval and no second promotion, whatever else is offered', async () => {
    await fleet.registry.offer('champion', 1, { who: 'mlflow', reason: '' });
    expect((await stage('registry-check', settings)).output).toContain('there is nothing to approve or promote');
    expect((await stage('promote', { ...settings, RELEASE: '3' })).output).toContain('is the champion already');
    expect((await stage('challenger', settings)).status).toBe(0);
  });

  it('nothing is promoted where no gateway runs', async () => {
    program('docker', 'exit 0');
    const { status, output } = await stage('promote', { ...settings, GATEWAY_URL: '', RELEASE: '2' });
    expect(output).toContain('no gateway runs here yet: release 2 is not promoted');
    expect(status).toBe(0);
  });
});

describe('the scan', () => {
  beforeEach(() => {
    program(
      'trivy',
      `for image; do :; done; case $image in *"$VULNERABLE"*) echo "$image: CVE-1 HIGH fixed in 2"; exit 3 ;; esac`,
    );
    mkdirSync(reports, { recursive: true });
    writeFileSync(
      join(reports, 'images.txt'),
      'r/coppice-gateway:t 1MB\nr/coppice-prometheus:t 1MB\nr/coppice-mlflow:t 1MB\n',
    );
  });

  it('fails for what is built here', async () => {
    expect((await stage('scan', { VULNERABLE: 'gateway' })).status).toBe(1);
    expect(read('failure.txt')).toMatch(/^scan: vulnerabilities of HIGH,CRITICAL that have a fix in: gateway;/);
    expect(read('scan.txt')).toContain('CVE-1');
  });

  it.each(['prometheus', 'mlflow'])('reports what another project must release: %s', async (service) => {
    const { status, output } = await stage('scan', { VULNERABLE: service });
    expect(output).toContain(`${service} has vulnerabilities with a fix`);
    expect(status).toBe(0);
  });
});

it.each([
  ['train-models', []],
  ['push', ['REGISTRY_PASSWORD']],
])("the stage %s inherits of Jenkins' own secrets: %j", async (name, kept) => {
  const secrets = [
    'JENKINS_ADMIN_PASSWORD',
    'GIT_PASSWORD',
    'STORE_SECRET_ACCESS_KEY',
    'MLFLOW_PASSWORD',
    'REGISTRY_PASSWORD',
  ];
  const { output } = await attempt('bash', ['-c', 'source jenkins/stages/lib.sh; env', `jenkins/stages/${name}.sh`], {
    ...{ REPORTS: reports, TAG: 't', HOST_DIR: folder },
    ...Object.fromEntries(secrets.map((secret) => [secret, 'x'])),
  });
  expect(secrets.filter((secret) => output.includes(`${secret}=x`))).toEqual(kept);
});

it('every image that a host runs is pushed', async () => {
  program('docker', 'echo "profiles: $COMPOSE_PROFILES" >&2');
  const { output } = await stage('push', { REGISTRY: 'r/' });
  const built = new Set(/profiles: (.*)/.exec(output)?.[1]?.split(','));
  type Service = { image: string; build?: unknown; profiles?: string[] };
  const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
  };
  const left = Object.values(services).filter(
    ({ build, profiles }) => build && profiles && !profiles.some((one) => one === 'tools' || built.has(one)),
  );
  expect(left.map(({ profiles }) => profiles)).toEqual([['pipeline'], ['notebook']]);
});

it('a training by DVC whose release the gate refuses fails with the lines that refuse it', async () => {
  program(
    'npm',
    "printf '%s\\n' 'iris 2, by gate.txt' '  pass  log_loss <= 0.5    0.2' '  FAIL  accuracy >= 0.99   0.95' 'ERROR: failed to reproduce publish'; exit 1",
  );
  try {
    expect((await stage('train-models', { DVC_REMOTE: 's3://bucket/dvc' })).status).toBe(1);
  } finally {
    rmSync(join(folder, 'bin/npm'));
  }
  expect(read('failure.txt')).toBe('train-models: the release does not pass the gate: accuracy >= 0.99 0.95\n');
});

it('on a host without packages the checks run in the image of the gateway, in its network', async () => {
  const host = join(folder, 'host');
  cpSync(join(root, 'jenkins/stages'), join(host, 'jenkins/stages'), { recursive: true });
  program(
    'docker',
    `case "$*" in
       'compose ps --format'*) printf '%s\n' "$CONTAINERS" ;;
       'compose ps --quiet gateway') echo abc ;;
       'inspect --format {{.Config.Image}} abc') echo r/coppice-gateway:t ;;
       'inspect --format {{range $name'*) echo coppice_default ;;
       run*) echo "$* at $GATEWAY_URL"; exit "\${CHECK_STATUS:-0}" ;;
     esac`,
  );
  // Compose says what a container without a health check does instead
  const CONTAINERS = 'gateway r/coppice-gateway:t healthy\nmlflow-mirror r/coppice-trainer:t running';
  const checked = await stage('health-check', { CONTAINERS }, host);
  expect(checked.output).toMatch(
    /run --rm --network coppice_default .* r\/coppice-gateway:t jenkins\/checks\/health-check\.ts at http:\/\/gateway:5000/,
  );
  expect(checked.status).toBe(0);
  expect((await stage('health-check', { CONTAINERS, CHECK_STATUS: '1' }, host)).status).toBe(1);
  const sick = await stage('health-check', { CONTAINERS: 'gateway r/coppice-gateway:t starting' }, host);
  expect(sick).toMatchObject({ status: 1, output: expect.stringContaining('not healthy: gateway') });
});

it('a rollback refuses what another deploy than the one of TAG has left', async () => {
  mkdirSync(reports, { recursive: true });
  program('docker', 'echo "docker $*" >&2; exit 1');
  writeFileSync(join(reports, 'previous.env'), 'FOR=0.3.0\nTAG=0.2.0\nREGISTRY=\n');
  const { status, output } = await stage('rollback', { TAG: '0.4.0' });
  expect(status).toBe(1);
  expect(output).toContain('the last deploy here was of 0.3.0, not of 0.4.0: nothing is rolled back');
  expect(output).not.toContain('docker ');
});
