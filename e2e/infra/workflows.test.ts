import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { root, run } from '@coppice/testkit/programs/run-command';
import { beforeAll, expect, it } from 'vitest';
import { findActionlint } from './actionlint.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');

beforeAll(() => ensureProgram('shellcheck', { 'apt-get': 'shellcheck', dnf: 'ShellCheck', apk: 'shellcheck' }));

it('the workflows are actionlint-clean', async () => {
  expect(await run(await findActionlint(), ['-color=false'])).toBe('');
});

it('the workflows run the stage scripts that the Jenkinsfile runs', () => {
  const called = new Set(
    `${read('.github/workflows/ci.yml')}${read('.github/workflows/release.yml')}`.match(/jenkins\/stages\/[\w-]+\.sh/g),
  );
  expect([...called]).toContain('jenkins/stages/build.sh');
  for (const script of called) {
    expect(existsSync(join(root, script)), script).toBe(true);
    expect(read('jenkins/Jenkinsfile')).toContain(script);
  }
});

it('what the regular expressions of renovate.json look for is there, once', () => {
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
