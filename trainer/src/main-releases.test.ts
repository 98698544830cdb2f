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
  it('publishes each training, and of a set-up what is no release yet', async () => {
    const registry = join(dir, 'registry');
    const train = async (...args: string[]) => {
      const { stderr } = await run('--forest', 'v1=1x1', '--registry', registry, ...args);
      return stderr.split('\n').filter((line) => / release \d|no version/.test(line));
    };
    expect(await train('--keep-others')).toEqual([`v1: release 1 of iris in ${registry}, the champion`]);
    expect(await train('--seed', '2')).toEqual([
      expect.stringContaining(`v1: release 2 of iris in ${registry}; against release 1 on the same 30 rows: `),
      `no version serves it yet: npm run registry -- alias challenger 2 --registry ${registry} gives it to v2`,
    ]);
    expect(await train('--keep-others')).toEqual([`v1: release 1 of iris in ${registry}`]);
    // nothing to train, and nothing to say
    expect(await train('--keep-others')).toEqual([]);
  }, 180_000);

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
    const trained = await run('--forest', 'v1=1x1');
    expect(trained.stderr).toMatch(/^training 1 tree on 120 rows × 4 features$/m);
    const away = join(dir, 'my.csv');
    writeFileSync(away, 'a file');
    const { status, stderr } = await run('--forest', 'v1=1x1', '--registry', away);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('the registry cannot be read, and nothing is published: '),
    });
  });
});
