import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDocker } from '@coppice/testkit/programs/ensure-docker';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

type Jenkins = { environment: object; network_mode?: string; ports: object[] };

const read = (file: string) => readFileSync(join(root, 'jenkins', file), 'utf8');

it('the Jenkinsfile passes its own tests of order, approval, rollback and reports', async () => {
  ensureProgram('mvn', { 'apt-get': 'maven', dnf: 'maven', apk: 'maven' });
  const report = await run(
    'mvn',
    ['--batch-mode', '--no-transfer-progress', 'test'],
    {},
    join(root, 'jenkins/pipeline-test'),
  );
  expect(report).toMatch(/Tests run: (2[3-9]|[3-9]\d), Failures: 0, Errors: 0, Skipped: 0/);
});

it("Jenkins' Compose file is valid and requires the settings without a default", async () => {
  await ensureDocker([]);
  const settings = { GIT_URL: 'https://example.com/coppice.git', JENKINS_ADMIN_PASSWORD: 'x' };
  const config = ['compose', '--file', 'jenkins/docker-compose.yml', 'config', '--format', 'json'];
  const { services } = JSON.parse(await run('docker', config, settings)) as {
    services: { jenkins: Jenkins };
  };
  expect(services.jenkins.environment).toMatchObject({ GIT_URL: settings.GIT_URL, GIT_BRANCH: 'main' });
  for (const name of Object.keys(settings)) {
    const { status, output } = await attempt('docker', config, { ...settings, [name]: '' });
    expect(status, name).not.toBe(0);
    expect(output).toContain(name);
  }
});

it('Jenkins is in a network of its own and published on loopback only', () => {
  const { jenkins } = parse(read('docker-compose.yml')).services as { jenkins: Jenkins };
  expect(jenkins.network_mode).toBeUndefined();
  expect(jenkins.ports).toEqual([
    { host_ip: '127.0.0.1', published: expect.stringContaining('JENKINS_PORT'), target: 8080 },
  ]);
  // so that the checks reach the services by their names
  expect(jenkins.environment).toMatchObject({ JOIN_NETWORK: '1' });
});

it("Jenkins' port is no default of Coppice's own services", () => {
  const ports = (text: string) => [...text.matchAll(/published: '\$\{\w+:-(\d+)\}'/g)].map(([, port]) => port);
  const [jenkins] = ports(read('docker-compose.yml'));
  expect(jenkins).toBeDefined();
  expect(ports(read('../docker-compose.yml'))).not.toContain(jenkins);
});

const onHost = ['http://127.0.0.1:5000', 'http://[::1]:8501', 'http://[::1]:9090'];
const inNetwork = ['http://gateway:5000', 'http://ui:8501', 'http://prometheus:9090'];

it.each([
  { where: 'on the host', ui: '[::]', prometheus: '[::1]', join_network: '', urls: onHost, asked: 'compose port' },
  // as Compose writes them without brackets
  { where: 'at bare IPv6', ui: '::', prometheus: '::1', join_network: '', urls: onHost, asked: 'compose port' },
  { where: 'in a container', join_network: '1', urls: inNetwork, asked: 'network connect mine_default' },
])('the stages find the services $where', async ({ ui, prometheus, join_network, urls, asked }) => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-lib-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const docker = join(folder, 'docker');
  writeFileSync(
    docker,
    `#!/bin/sh
     echo "$*" >>${folder}/asked
     case "$*" in
       'compose port gateway 5000') echo 0.0.0.0:5000 ;;
       'compose port ui 8501') echo '${ui}:8501' ;;
       'compose port prometheus 9090') echo '${prometheus}:9090' ;;
       'compose ps --quiet gateway') echo abc ;;
       'inspect'*'abc') echo API_KEYS=k1,k2; echo mine_default ;;
     esac`,
  );
  chmodSync(docker, 0o755);
  // the directory of the stand-in goes in front, past lib.sh's own change of the path
  const script = `source jenkins/stages/lib.sh; PATH=${folder}:$PATH; find_addresses; echo "$GATEWAY_URL $UI_URL $PROMETHEUS_URL $API_KEY"`;
  const env = { JOIN_NETWORK: join_network, REPORTS: folder, TAG: 't', COMPOSE_PROJECT_NAME: 'mine' };
  const found = await run('bash', ['-euo', 'pipefail', '-c', script, 'jenkins/stages/any.sh'], env);
  expect(found.trim()).toBe([...urls, 'k1'].join(' '));
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain(asked);
});

it('the configuration as code has the label, the credentials and the script that the pipeline names', () => {
  const jenkinsfile = read('Jenkinsfile');
  const casc = parse(read('casc.yaml'));
  expect(jenkinsfile).toContain(`agent { label '${casc.jenkins.labelString}' }`);
  const ids = casc.credentials.system.domainCredentials[0].credentials.map(
    ({ usernamePassword }: { usernamePassword: { id: string } }) => usernamePassword.id,
  );
  for (const [, id] of jenkinsfile.matchAll(/credentialsId: '(\w+)'/g)) expect(ids).toContain(id);
  expect(casc.jobs[0].script).toContain("scriptPath('jenkins/Jenkinsfile')");
});

it('the Compose file sets every variable of the configuration as code', () => {
  const { services } = parse(read('docker-compose.yml'));
  for (const [, name] of read('casc.yaml').matchAll(/\$\{(\w+)(:-[^}]*)?\}/g))
    expect(Object.keys(services.jenkins.environment), name).toContain(name);
});

it('every step that is not part of Jenkins has its plugin', () => {
  const plugins = read('plugins.txt')
    .trim()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^[a-z-]+:\d[\w.]+$/);
      return line.split(':')[0];
    });
  expect(read('Dockerfile')).toContain('jenkins-plugin-cli --latest false --plugin-file');
  const steps = {
    junit: 'junit ',
    coverage: 'recordCoverage',
    'credentials-binding': 'withCredentials',
    'pipeline-input-step': 'input message',
    timestamper: 'timestamps()',
    git: 'checkout scm',
    'workflow-aggregator': 'pipeline {',
  };
  for (const step of Object.values(steps)) expect(read('Jenkinsfile')).toContain(step);
  expect(plugins).toEqual([...Object.keys(steps), 'configuration-as-code', 'job-dsl'].toSorted());
});
