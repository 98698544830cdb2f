import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePython } from '@coppice/testkit/programs/ensure-python';
import { root, run } from '@coppice/testkit/programs/run-command';
import { copyStacks, initStack } from '@coppice/testkit/terraform/copy-stacks';
import { afterAll, describe, expect, it } from 'vitest';

const copy = copyStacks();
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('is formatted', async () => {
  await run('terraform', ['fmt', '-check', '-recursive', '-diff', '-no-color'], {}, join(root, 'terraform'));
});

// Each run of a test starts the provider anew: about 2 s of processor time, so they share the processors.
describe.concurrent.each(['host', 'cluster'])('the stack %s', (stack) => {
  it('is valid, refuses invalid variables, and plans what its tests say', async () => {
    const folder = join(copy, stack);
    await initStack(folder);
    await run('terraform', ['validate', '-no-color'], {}, folder);
    expect(await run('terraform', ['test', '-no-color'], {}, folder)).toMatch(/Success! [1-9]\d* passed, 0 failed/);
  });
});

it.concurrent.each(['network', 'eks', 'registry', 'database', 'identity'])(
  'the module %s plans what its tests say',
  async (module) => {
    const folder = join(copy, 'modules', module);
    await initStack(folder);
    expect(await run('terraform', ['test', '-no-color'], {}, folder)).toMatch(/Success! [1-9]\d* passed, 0 failed/);
  },
);

it('gives the host no policy of AWS but the one to pull images, and names each parameter that it may read', () => {
  const iam = readFileSync(join(root, 'terraform/host/iam.tf'), 'utf8');
  expect(iam.match(/iam::aws:policy\/[\w/]+/g)).toEqual(['iam::aws:policy/AmazonEC2ContainerRegistryReadOnly']);
  for (const [statement] of iam.matchAll(/statement \{[\s\S]*?\n {2}\}/g)) {
    expect(statement).not.toMatch(/actions[^\]]*\*/);
    if (/ssm:GetParam|kms:|secretsmanager:|s3:/.test(statement))
      expect(statement).not.toMatch(/resources\s*=\s*\["\*"/);
  }
});

it('names no policy *FullAccess anywhere', () => {
  const files = readdirSync(join(root, 'terraform'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.tf') && !file.includes('.terraform'),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files)
    expect(readFileSync(join(root, 'terraform', file), 'utf8'), file).not.toContain('FullAccess');
});

it('checkov finds nothing that is not justified in place', async () => {
  const bin = await ensurePython(['checkov==3.3.30']);
  const output = await run(join(bin, 'checkov'), [
    ...['--directory', join(root, 'terraform'), '--framework', 'terraform', '--skip-path', 'emulator'],
    ...['--skip-download', '--compact', '--quiet'],
  ]);
  expect(output).toMatch(/Passed checks: [1-9]\d\d+, Failed checks: 0/);
});
