import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { root } from '@coppice/testkit/programs/run-command';
import { SourceTree } from '@coppice/testkit/tidy/source-tree';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const suites = readdirSync(join(root, '.ci/suites'));

describe('a run', () => {
  let folder: string;
  let repository: string;
  let base: string;

  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  const put = (file: string, text = 'as it was\n') => {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    writeFileSync(join(repository, file), text);
  };
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'a change');
    return git('rev-parse', 'HEAD');
  };
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  /** The suites that ran, and the lines after the last of them. */
  const runAll = (env: Record<string, string> = {}) => {
    const { stdout, stderr, status } = spawnSync('.ci/run', {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, CI_ALL: '', ...env, PATH: `${folder}/bin:${process.env.PATH}` },
    });
    const closing = stdout.slice(stdout.lastIndexOf('══')).split('\n').slice(1);
    return { ran: [...stdout.matchAll(/^══ test:(.*)$/gm)].map(([, name]) => name), closing, status, stderr };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coppice-ci-'));
    repository = join(folder, 'repository');
    mkdirSync(join(folder, 'bin'));
    // the suites themselves are not what is tested here
    program('npm', 'echo "1 passed, 0 failed"');
    program('node', 'exit 0');
    cpSync(join(root, '.ci'), join(repository, '.ci'), { recursive: true });
    rmSync(join(repository, '.ci/base'), { force: true });
    const reads = {
      infra: 'gateway\nmlflow',
      pipeline: 'mlflow',
      terraform: '# its stacks\nterraform',
      kubernetes: 'kubernetes',
    };
    for (const [suite, paths] of Object.entries(reads)) put(`.ci/suites/${suite}`, `${paths}\n`);
    for (const file of [
      'gateway/main.ts',
      'mlflow/main.ts',
      'terraform/main.tf',
      'kubernetes/values.yaml',
      'docs/a.md',
    ])
      put(file);
    git('init', '--quiet', '--initial-branch', 'main');
    base = commit();
    put('.ci/base', `${base}\n`);
    commit();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const light = ['compose', 'statistics', 'page', 'docs', 'faults'];
  const heavy = ['infra', 'kubernetes', 'pipeline', 'terraform'];

  it('leaves out each heavy suite of which no file changed, and says since when', () => {
    put('docs/a.md', 'new');
    commit();
    const { ran, closing, status, stderr } = runAll();
    expect(ran, stderr).toEqual(light);
    for (const suite of heavy)
      expect(closing).toContain(`test:${suite}: left out: no file of it changed since ${base}`);
    expect(closing.at(-2)).toBe('6 passed, 0 failed');
    expect(status).toBe(0);
  });

  it.each([
    ['that is committed', commit],
    ['that is not committed', () => {}],
    ['that is staged', () => git('add', '--all')],
  ])('runs a suite with a change %s', (_kind, keep) => {
    put('mlflow/main.ts', 'new');
    keep();
    const { ran, closing } = runAll();
    expect(ran.toSorted()).toEqual([...light, 'infra', 'pipeline'].toSorted());
    expect(closing.join()).not.toContain('test:pipeline: left out');
    expect(closing).toContain(`test:terraform: left out: no file of it changed since ${base}`);
  });

  it.each([
    ['a new file', () => put('terraform/new.tf')],
    ['a deleted file', () => rmSync(join(repository, 'terraform/main.tf'))],
    ['a file that moved away', () => git('mv', 'terraform/main.tf', 'docs/main.tf')],
    ['another declaration', () => put('.ci/suites/terraform', 'terraform/only\n')],
  ])('runs a suite with %s', (_kind, change) => {
    change();
    expect(runAll().ran).toContain('terraform');
  });

  it('leaves none out with CI_ALL=1', () => {
    const { ran, closing } = runAll({ CI_ALL: '1' });
    expect(ran.toSorted()).toEqual([...light, ...heavy].toSorted());
    expect(closing.join()).not.toContain('left out');
  });

  it.each([
    ['there is none', () => rmSync(join(repository, '.ci/base'))],
    ['it is empty', () => put('.ci/base', '')],
    ['it is no commit', () => put('.ci/base', `${'0'.repeat(40)}\n`)],
    ['it is a name, which may move', () => put('.ci/base', 'main\n')],
    [
      'it is not behind HEAD',
      () => {
        git('checkout', '--quiet', '-b', 'other');
        const other = commit();
        git('checkout', '--quiet', 'main');
        put('.ci/base', other);
      },
    ],
    [
      'the clone is too shallow to hold it',
      () => {
        git('clone', '--quiet', '--depth', '1', `file://${repository}`, join(folder, 'shallow'));
        repository = join(folder, 'shallow');
      },
    ],
  ])('leaves none out if the base cannot be compared: %s', (_why, broken) => {
    broken();
    const { ran, status } = runAll();
    expect(ran.toSorted()).toEqual([...light, ...heavy].toSorted());
    expect(status).toBe(0);
  });

  it("says in one line why Kubernetes' programs could not be built, and runs the other suites", () => {
    put('kubernetes/values.yaml', 'new');
    program('node', 'case "$*" in *build-kubernetes*) echo "Error: needs Go" >&2; exit 1;; esac');
    const { ran, closing, status } = runAll();
    expect(ran).toEqual(light);
    expect(closing).toContain("FAILED Kubernetes' programs could not be built: Error: needs Go");
    expect(closing.at(-2)).toBe('6 passed, 1 failed');
    expect(status).toBe(1);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('that ends by %s leaves no build behind', async (signal) => {
    put('kubernetes/values.yaml', 'new');
    const pid = join(folder, 'pid');
    program('node', `case "$*" in *build-kubernetes*) echo $$ >${pid}; exec sleep 600;; esac`);
    program('npm', 'exec sleep 600');
    const run = spawn('.ci/run', {
      ...{ cwd: repository, detached: true, stdio: 'ignore' },
      env: { ...process.env, CI_ALL: '', PATH: `${folder}/bin:${process.env.PATH}` },
    });
    const build = await eventually(() => (existsSync(pid) && Number(readFileSync(pid, 'utf8'))) || undefined);
    // the build leads a group of its own
    process.kill(-(run.pid as number), signal);
    await eventually(() => !isRunning(build));
    expect(isRunning(build)).toBe(false);
  });
});

describe('the files that a heavy suite declares', async () => {
  const tree = new SourceTree();
  const { default: config } = (await import(join(root, 'vitest.config.ts'))) as {
    default: { test: { projects: { test: { name: string; include: string[]; exclude?: string[] } }[] } };
  };
  const { projects } = config.test;

  it('are of a suite that there is', () => {
    const names = projects.map(({ test }) => test.name);
    expect(suites.filter((suite) => !names.includes(suite))).toEqual([]);
  });

  it.each(suites)('%s: all that its tests import or name', (suite) => {
    const { include, exclude = [] } = projects.find(({ test }) => test.name === suite)?.test ?? { include: [] };
    const of = (globs: string[]) => (file: string) => globs.some((glob) => matchesGlob(file, glob));
    const tests = tree.files.filter(of(include)).filter((file) => !of(exclude)(file));
    const paths = readFileSync(join(root, '.ci/suites', suite), 'utf8')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...paths], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    const declared = new Set(listed.split('\n'));
    const undeclared = [...read(tests)].filter((file) => !declared.has(file));
    expect(undeclared, `add what is missing to .ci/suites/${suite}`).toEqual([]);
  });

  /** What these files import, and the files of this repository that they name in quotes, such as a program that they start. */
  function read(tests: string[]): Set<string> {
    const seen = new Set<string>();
    for (let waiting = tests; waiting.length > 0; ) {
      const found = [...tree.reachable(waiting)].filter((file) => !seen.has(file));
      for (const file of found) seen.add(file);
      waiting = found.filter((file) => tree.code.includes(file)).flatMap(namedIn);
    }
    return seen;
  }

  function namedIn(file: string): string[] {
    const quoted = tree.text(file).matchAll(/['"`]((?:[\w.-]+\/)+[\w.-]+)['"`]/g);
    return [...quoted].map(([, path]) => path as string).filter((path) => tree.has(path));
  }
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
