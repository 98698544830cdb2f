import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { ensureTerraform } from '@coppice/testkit/terraform/ensure-terraform';
import { afterAll, beforeAll, expect, it } from 'vitest';

// In a copy, so that no provider and no lock file is left in the checkout.
const copy = mkdtempSync(join(tmpdir(), 'coppice-terraform-'));

beforeAll(async () => {
  ensureTerraform();
  cpSync(join(root, 'terraform'), copy, { recursive: true, filter: (from) => !from.includes('.terraform') });
  const ready = join(root, '../shared/tools/terraform-ready');
  const onDisk = existsSync(ready)
    ? spawnSync(ready, { encoding: 'utf8' }).stdout.trim().split('\n').filter(Boolean)
    : [];
  const init = await attempt('terraform', ['init', '-backend=false', '-input=false', '-no-color', ...onDisk], {}, copy);
  if (init.status !== 0)
    throw new Error(`the AWS provider is neither on this disk nor available from the registry:\n${init.output}`);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('is formatted', async () => {
  await run('terraform', ['fmt', '-check', '-recursive', '-diff', '-no-color'], {}, join(root, 'terraform'));
});

it('is valid', async () => {
  await run('terraform', ['validate', '-no-color'], {}, copy);
});

it('gives the host no policy of AWS but the one to pull images, and names each parameter that it may read', () => {
  const iam = readFileSync(join(root, 'terraform/iam.tf'), 'utf8');
  expect(iam.match(/iam::aws:policy\/[\w/]+/g)).toEqual(['iam::aws:policy/AmazonEC2ContainerRegistryReadOnly']);
  for (const [statement] of iam.matchAll(/statement \{[\s\S]*?\n {2}\}/g)) {
    expect(statement).not.toMatch(/actions[^\]]*\*/);
    if (/ssm:GetParam|kms:|secretsmanager:|s3:/.test(statement))
      expect(statement).not.toMatch(/resources\s*=\s*\["\*"/);
  }
});

it('refuses invalid variables, opens only the given ports, keeps secrets out, and switches recovery and snapshots', async () => {
  const output = await run('terraform', ['test', '-no-color'], {}, copy);
  expect(output).toMatch(/Success! [1-9]\d* passed, 0 failed/);
});
