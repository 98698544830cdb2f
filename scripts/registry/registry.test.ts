import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const program = new URL('../registry.ts', import.meta.url).pathname;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-registry-command-'));
  writeFixtureModel(join(folder, 'v1'));
  writeFixtureModel(join(folder, 'v2'), { version: 'v2', shift: 1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Exit status and what it printed. */
async function registry(...args: string[]): Promise<[number, string]> {
  try {
    const { stdout } = await run(process.execPath, [program, ...args, '--registry', join(folder, 'registry')]);
    return [0, stdout];
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return [code, stderr];
  }
}

describe('npm run registry', () => {
  it('publishes, compares, aliases and audits', async () => {
    expect(await registry('list')).toEqual([
      0,
      expect.stringContaining('No release of iris yet: npm run registry -- publish artifacts/v1; --model names'),
    ]);
    expect(await registry('publish', join(folder, 'v1'))).toEqual([0, expect.stringMatching(/^iris 1 in /)]);
    expect(await registry('publish', join(folder, 'v2'))).toEqual([0, expect.stringMatching(/^iris 2 in /)]);
    expect(await registry('alias', 'champion', '1')).toEqual([0, expect.stringMatching(/^1 +champion /m)]);
    expect(await registry('approve', '2', '-r', 'good')).toEqual([0, expect.stringMatching(/^2 +approved /m)]);
    expect(await registry('show', '2')).toEqual([0, expect.stringMatching(/approved by .*: good\n/)]);
    expect(await registry('compare', '1', '2')).toEqual([0, expect.stringMatching(/^recall a +100\.0 % +100\.0 %$/m)]);
    const [, audit] = await registry('audit');
    expect(
      audit
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(3)),
    ).toEqual([['what', 'reason'], ['release 2 is approved', 'good'], ['champion: none → 1']]);
  }, 60_000);

  it('refuses in one line, with a status for each reason', async () => {
    expect(await registry('show', '99')).toEqual([1, 'registry: iris has no release 99\n']);
    expect(await registry('alias', 'champion', '1', '--expected', '99')).toEqual([
      3,
      expect.stringMatching(/^registry: champion is (1|none) by now, not 99\n|has no release/),
    ]);
    expect(await registry('publish', join(folder, 'nowhere'))).toEqual([2, expect.stringContaining('cannot be read')]);
    expect(await registry('alias')).toEqual([2, expect.stringContaining('must be: npm run registry -- alias')]);
  }, 60_000);
});
