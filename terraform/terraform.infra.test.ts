import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
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
    throw new Error(`the AWS provider is neither on this disk nor to be had from the registry:\n${init.output}`);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('is formatted', async () => {
  await run('terraform', ['fmt', '-check', '-recursive', '-diff', '-no-color'], {}, join(root, 'terraform'));
});

it('is valid', async () => {
  await run('terraform', ['validate', '-no-color'], {}, copy);
});

it('refuses wrong variables, opens only what was asked for, keeps secrets out and switches its care', async () => {
  const output = await run('terraform', ['test', '-no-color'], {}, copy);
  expect(output).toMatch(/Success! [1-9]\d* passed, 0 failed/);
});
