import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makePrivate } from './private-files.ts';

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'coppice-private-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

it('creates a private file, takes an existing one away from others, and keeps its content', () => {
  const [fresh, old] = ['fresh', 'old'].map((name) => join(folder(), name)) as [string, string];
  writeFileSync(old, 'kept', { mode: 0o644 });
  for (const file of [fresh, old]) makePrivate(file);
  expect([modeOf(fresh), modeOf(old), statSync(old).size]).toEqual(['600', '600', 4]);
});

it('leaves the error to the program that opens the file', () => {
  expect(() => makePrivate(join(folder(), 'no/such/file'))).not.toThrow();
});

it('keeps what a process and its children create private', () => {
  const made = folder();
  const kit = new URL('./private-files.ts', import.meta.url).href;
  const program = `import { keepFilesPrivate } from '${kit}'; import { mkdirSync } from 'node:fs';
    import { spawnSync } from 'node:child_process';
    keepFilesPrivate(); mkdirSync('folder'); spawnSync('touch', ['child']);`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: made });
  expect([status, modeOf(join(made, 'folder')), modeOf(join(made, 'child'))]).toEqual([0, '700', '600']);
});
