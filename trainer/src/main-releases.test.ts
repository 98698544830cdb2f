import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '@coppice/testkit/programs/run-command';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dir: string;
let out: string;
let data: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-train-'));
  out = join(dir, 'artifacts');
  data = join(dir, 'my.csv');
  writeFileSync(
    data,
    ['x,y,label', ...Array.from({ length: 12 }, (_, i) => `${i},${i % 3},${i % 2 ? 'a' : 'b'}`)].join('\n'),
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(...args: string[]): Promise<{ status: number | null; stderr: string }> {
  const main = join(import.meta.dirname, 'main.ts');
  const { status, output } = await attempt(process.execPath, [main, '--out', out, ...args]);
  return { status, stderr: output };
}

describe('the releases of npm run train', () => {
  it('publishes each training, but of a set-up only the first releases', async () => {
    const registry = join(dir, 'registry');
    const train = (...args: string[]) => run('--forest', 'v1=1x1', '--registry', registry, ...args);
    expect((await train('--keep-others')).stderr).toContain(`v1: release 1 of iris in ${registry}, the champion\n`);
    expect((await train('--keep-others', '--seed', '1')).stderr).toContain(
      `${join(out, 'v1')} is no release: v1 serves release 1 of iris, the champion. npm run registry -- publish`,
    );
    expect((await train('--seed', '2')).stderr).toContain(
      `no version serves it yet: npm run registry -- alias challenger 2 --registry ${registry} gives it to v2\n`,
    );
    // nothing to train, and nothing to say
    expect((await train('--seed', '2')).stderr.trim().split('\n')).toHaveLength(1);
  });

  it('trains with --no-registry, and takes what it finds into a registry of later', async () => {
    const registry = join(dir, 'registry');
    await run('--data', data, '--name', 'mine', '--forest', 'v1=1x1', '--no-registry');
    expect(existsSync(registry)).toBe(false);
    const { status, stderr } = await run('--keep-others', '--registry', registry);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining(`v1: release 1 of mine in ${registry}, the champion\n`),
    });
  });

  it('needs no registry where nothing is to be trained', async () => {
    await run('--forest', 'v1=1x1');
    const away = join(dir, 'my.csv');
    writeFileSync(away, 'a file');
    const { status, stderr } = await run('--forest', 'v1=1x1', '--registry', away);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('is not taken into the registry'),
    });
  });
});
