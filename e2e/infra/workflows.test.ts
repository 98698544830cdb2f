import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { root, run } from '@coppice/testkit/programs/run-command';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findActionlint } from './actionlint.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');

beforeAll(() => ensureProgram('shellcheck', { 'apt-get': 'shellcheck', dnf: 'ShellCheck', apk: 'shellcheck' }));

it('the workflows are actionlint-clean', async () => {
  expect(await run(await findActionlint(), ['-color=false'])).toBe('');
});

type Permissions = Record<string, string>;
type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Workflow = { permissions?: Permissions; jobs: Record<string, { permissions?: Permissions; steps: Step[] }> };

describe.each(globSync('.github/workflows/*.yml', { cwd: root }))('%s', (file) => {
  const workflow = parse(read(file)) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const mayWrite = (permissions: Permissions = {}) =>
    Object.entries(permissions).some(([name, value]) => name !== 'id-token' && value === 'write');

  it('names each action by its commit, and the version beside it', () => {
    const uses = read(file).match(/uses:.*/g) ?? [];
    expect(uses).toHaveLength(steps.filter((step) => step.uses).length);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('leaves no credentials behind a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const { with: options } of checkouts) expect(options?.['persist-credentials']).toBe(false);
  });

  // the token for a role at AWS writes nothing at GitHub
  it('may write only where it publishes, and runs nothing of the repository there but the push', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(jobs.filter(([, job]) => mayWrite(job.permissions)).map(([name]) => name)).toEqual(
      file.endsWith('release.yml') ? ['publish'] : [],
    );
    expect(jobs.filter(([, { permissions }]) => permissions?.['id-token']).map(([name]) => `${name}.yml`)).toEqual(
      ['train.yml', 'deploy.yml', 'deploy-kubernetes.yml'].filter((name) => file.endsWith(`/${name}`)),
    );
    for (const [, job] of jobs.filter(([, { permissions }]) => mayWrite(permissions))) {
      const commands = job.steps.map(({ run }) => run ?? '').join('\n');
      expect(
        commands.match(/\b(npm|npx|node|docker build|docker run|docker compose)\b|jenkins\/stages\/[\w-]+/g),
      ).toEqual(['jenkins/stages/push']);
    }
  });
});

it('Renovate keeps actions, images and plugins at digests and versions', () => {
  const renovate = JSON.parse(read('renovate.json')) as { extends: string[]; enabledManagers: string[] };
  expect(renovate.extends).toEqual(
    expect.arrayContaining(['helpers:pinGitHubActionDigestsToSemver', 'docker:pinDigests']),
  );
  expect(renovate.enabledManagers).toEqual(
    expect.arrayContaining(['github-actions', 'dockerfile', 'docker-compose', 'jenkins']),
  );
});

it('the workflows run the stage scripts that the Jenkinsfile runs', () => {
  const called = new Set(
    globSync('.github/workflows/*.yml', { cwd: root }).flatMap((file) =>
      read(file).match(/jenkins\/stages\/[\w-]+\.sh/g),
    ),
  );
  // what only GitHub's workflows do
  const own = ['challenger', 'pack-chart', 'remote', 'scan', 'summary'].map((name) => `jenkins/stages/${name}.sh`);
  expect([...called]).toEqual(expect.arrayContaining(['jenkins/stages/build.sh', ...own]));
  for (const script of called) {
    expect(existsSync(join(root, script as string)), script as string).toBe(true);
    if (!own.includes(script as string)) expect(read('jenkins/Jenkinsfile')).toContain(script);
  }
});

it('each regular expression of renovate.json matches once', () => {
  const { customManagers } = JSON.parse(read('renovate.json')) as {
    customManagers: { managerFilePatterns: string[]; matchStrings: string[] }[];
  };
  expect(customManagers.length).toBeGreaterThan(0);
  for (const { managerFilePatterns, matchStrings } of customManagers) {
    const pattern = new RegExp((managerFilePatterns[0] as string).slice(1, -1));
    const files = globSync('{terraform,e2e/infra}/**', { cwd: root }).filter((file) => pattern.test(file));
    expect(files).toHaveLength(1);
    const found = [...read(files[0] as string).matchAll(new RegExp(matchStrings[0] as string, 'g'))];
    expect(found, matchStrings[0]).toHaveLength(1);
    expect(found[0]?.groups?.currentValue).toMatch(/^v\d+\.\d+\.\d+$/);
  }
});
