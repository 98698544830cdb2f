import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDocker } from '@coppice/testkit/programs/ensure-docker';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (file: string) => readFileSync(join(root, 'jenkins', file), 'utf8');

it('the Jenkinsfile orders, approves, rolls back and publishes as its tests say', async () => {
  ensureProgram('mvn', { 'apt-get': 'maven', dnf: 'maven', apk: 'maven' });
  const report = await run(
    'mvn',
    ['--batch-mode', '--no-transfer-progress', 'test'],
    {},
    join(root, 'jenkins/pipeline-test'),
  );
  expect(report).toMatch(/Tests run: (1[4-9]|[2-9]\d), Failures: 0, Errors: 0, Skipped: 0/);
});

it("Jenkins' Compose file is valid and asks for what it cannot guess", async () => {
  await ensureDocker([]);
  const settings = { GIT_URL: 'https://example.com/coppice.git', JENKINS_ADMIN_PASSWORD: 'x' };
  const config = ['compose', '--file', 'jenkins/docker-compose.yml', 'config', '--format', 'json'];
  const { services } = JSON.parse(await run('docker', config, settings)) as {
    services: { jenkins: { environment: object } };
  };
  expect(services.jenkins.environment).toMatchObject({ GIT_URL: settings.GIT_URL, GIT_BRANCH: 'main' });
  for (const name of Object.keys(settings)) {
    const { status, output } = await attempt('docker', config, { ...settings, [name]: '' });
    expect(status, name).not.toBe(0);
    expect(output).toContain(name);
  }
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

it('every variable of the configuration as code is given by the Compose file', () => {
  const { services } = parse(read('docker-compose.yml'));
  for (const [, name] of read('casc.yaml').matchAll(/\$\{(\w+)(:-[^}]*)?\}/g))
    expect(Object.keys(services.jenkins.environment), name).toContain(name);
});

it('a plugin is listed for every step that is not part of Jenkins', () => {
  const plugins = read('plugins.txt').trim().split('\n');
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
