import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { openOldCheckout } from './old-checkout.ts';

const repository = mkdtempSync(join(tmpdir(), 'coppice-old-checkout-'));
const git = (...args: string[]) =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

function commit(text: string): void {
  writeFileSync(join(repository, 'text'), text);
  git('add', '.');
  git('commit', '--quiet', '--message', text);
}

beforeAll(() => {
  git('init', '--quiet');
  // a package of its own, so that an install needs no registry and leaves something to see
  const x = { name: 'x', version: '1.0.0', dependencies: { y: 'file:y' } };
  const packages = { '': x, 'node_modules/y': { resolved: 'y', link: true }, y: { version: '1.0.0' } };
  mkdirSync(join(repository, 'y'));
  const files = {
    'package.json': x,
    'y/package.json': { name: 'y', version: '1.0.0' },
    'package-lock.json': { name: 'x', version: '1.0.0', lockfileVersion: 3, requires: true, packages },
  };
  for (const [file, value] of Object.entries(files)) writeFileSync(join(repository, file), JSON.stringify(value));
  commit('old');
  commit('new');
});
afterAll(() => rmSync(repository, { recursive: true }));

const worktrees = () => git('worktree', 'list', '--porcelain').match(/^worktree /gm)?.length;

describe('an old commit beside this one', () => {
  it('is checked out and installed, and taken away when the lab closes', async () => {
    const lab = new Lab();
    try {
      const { root, commit: id } = await openOldCheckout(lab, repository, 'HEAD~1');
      expect(readFileSync(join(root, 'text'), 'utf8')).toBe('old');
      expect(git('rev-parse', 'HEAD~1')).toContain(id);
      expect(worktrees()).toBe(2);
      expect(existsSync(join(root, 'node_modules/y/package.json'))).toBe(true);
    } finally {
      await lab.close();
    }
    expect(worktrees()).toBe(1);
    expect(existsSync(lab.folder)).toBe(false);
  });

  it('leaves nothing when the lab closes meanwhile', async () => {
    for (const afterMs of [0, 5, 20, 60, 200]) {
      const lab = new Lab();
      const opening = openOldCheckout(lab, repository, 'HEAD~1').catch((error: Error) => error);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await lab.close();
      expect(worktrees()).toBe(1);
      expect(existsSync(lab.folder)).toBe(false);
      await opening;
      expect(worktrees()).toBe(1);
    }
  });

  it('is refused with one line when there is no such commit', async () => {
    const lab = new Lab();
    try {
      await expect(openOldCheckout(lab, repository, 'nowhere')).rejects.toThrow('--against nowhere is not allowed');
      await expect(openOldCheckout(lab, repository, '--help')).rejects.toThrow('--against --help is not allowed');
    } finally {
      await lab.close();
    }
  });
});
