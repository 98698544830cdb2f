import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { headCommit } from './head-commit.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-head-')));
const repository = join(folder, 'repository');
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: repository, encoding: 'utf8' });

mkdirSync(join(repository, 'below'), { recursive: true });
writeFileSync(join(repository, 'below/file'), '');
git('init', '--quiet');
git('add', '.');
git('commit', '--quiet', '--message', 'one');
const commit = git('rev-parse', 'HEAD').trim();

afterAll(() => rmSync(folder, { recursive: true }));

it('is the commit of the branch, seen from a folder below', () => {
  expect(headCommit(join(repository, 'below'))).toBe(commit);
});

it('is found where branches are packed, detached, or in a worktree', () => {
  git('worktree', 'add', '--quiet', '-b', 'other', join(folder, 'worktree'));
  expect(headCommit(join(folder, 'worktree'))).toBe(commit);
  git('pack-refs', '--all');
  expect(headCommit(repository)).toBe(commit);
  expect(headCommit(join(folder, 'worktree'))).toBe(commit);
  git('checkout', '--quiet', '--detach');
  expect(headCommit(repository)).toBe(commit);
});

it('is null without a repository', () => {
  expect(headCommit(folder)).toBeNull();
});
